"""Alembic's folder: `env.py` runs the scripts in `versions/`, one chain for both databases."""
