"""Transcript files in, transcripts out: one reader for each family of formats."""
