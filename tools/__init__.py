"""What the makers of cs_nlp run: lock files, benchmarks, checks. Not part of the package."""
