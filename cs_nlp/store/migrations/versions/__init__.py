"""The chain of migrations. A script is never changed once it is released: the next one is added."""
