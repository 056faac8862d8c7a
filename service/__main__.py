"""`python -m service` is `cs-nlp serve`."""

from __future__ import annotations

import typer

from service.commands import serve

if __name__ == "__main__":
    typer.run(serve)
