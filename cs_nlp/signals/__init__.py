"""Team-level culture signals: pure functions over totals."""
