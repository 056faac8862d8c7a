"""Where transcripts, scores and totals are kept: SQLite or PostgreSQL, one chain of migrations. Only this stage speaks SQL."""
