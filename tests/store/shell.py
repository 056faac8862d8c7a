"""Commands on a database, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from cs_nlp.cli import app
from cs_nlp.errors import CsNlpError

KEY = "of enough bytes, and of nobody"


class Shell:
    """Runs commands on one database, in one folder.

    Args:
        database: where.
        folder: the current one.
        model: folder of the classifier.
    """

    def __init__(self, database: str, folder: Path, model: Path) -> None:
        self.folder = folder
        self.env = {
            "CS_NLP_DATABASE": database,
            "CS_NLP_SECRET": KEY,
            "CS_NLP_KEEP_TEXT": "none",
            "CS_NLP_MODEL": str(model),
            "CS_NLP_SMALLEST_GROUP": "1",
        }

    def run(self, *arguments: str, **env: str) -> Result:
        """Run `cs-nlp` with some arguments."""
        return CliRunner().invoke(app, arguments, env=self.env | env)

    def out(self, *arguments: str, **env: str) -> str:
        """What a command that succeeds prints."""
        done = self.run(*arguments, **env)
        assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
        return done.stdout

    def rows(self, *arguments: str, **env: str) -> list[dict[str, object]]:
        """The JSON objects that a command prints."""
        return [json.loads(line) for line in self.out(*arguments, "--json", **env).splitlines()]

    def error(self, *arguments: str, **env: str) -> str:
        """The message of a command that is refused."""
        done = self.run(*arguments, **env)
        assert isinstance(done.exception, CsNlpError), f"{done.output}\n{done.exception!r}"
        return str(done.exception)
