"""The command line: a command parses, makes one call, and prints."""

from __future__ import annotations

from cs_nlp.cli.app import app, main

__all__ = ["app", "main"]
