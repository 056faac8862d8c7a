"""Annotation files and gold data sets."""
