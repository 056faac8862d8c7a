"""Commands of packages that stand above this one: the service adds `serve` and `worker` without being known here."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Final

import typer

GROUP: Final = "cs_nlp.commands"


def add_commands(app: typer.Typer) -> None:
    """Add the commands that installed packages offer as entry points of `GROUP`, in the order of their names."""
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        app.command(name=entry.name)(entry.load())
