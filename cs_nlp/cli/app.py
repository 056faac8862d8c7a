"""The `cs-nlp` command and what all its subcommands share: errors, exit codes, encodings."""

from __future__ import annotations

import sys

import typer

from cs_nlp.cli import (
    beliefs,
    changes,
    coaching,
    drivers,
    explain,
    intervention,
    keys,
    know,
    label,
    learn,
    models,
    newcomers,
    read,
    score,
    signals,
    store,
    teach,
)
from cs_nlp.cli.plugins import add_commands
from cs_nlp.cli.screen import complain
from cs_nlp.errors import CsNlpError

BAD_INPUT = 2

app = typer.Typer(
    name="cs-nlp",
    help="Tells customer-service teams which culture they work in, from their calls and chats.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command(name="read")(read.read)
app.command(name="score")(score.score)
app.command(name="signals")(signals.signals)
app.command(name="changes")(changes.changes)
app.command(name="drivers")(drivers.drivers)
app.command(name="beliefs")(beliefs.beliefs)
app.command(name="newcomers")(newcomers.newcomers)
app.command(name="intervention")(intervention.intervention)
app.command(name="coaching")(coaching.coaching)
app.command(name="ingest")(store.ingest)
app.add_typer(store.people_app, name="people")
app.command(name="prune")(store.prune)
app.add_typer(store.db_app, name="db")
app.add_typer(keys.keys_app, name="keys")
app.command(name="predict")(learn.predict)
app.command(name="explain")(explain.explain)
app.command(name="evaluate")(learn.evaluate)
app.command(name="train")(learn.train)
app.command(name="teach")(teach.teach)
app.command(name="promote")(models.promote)
app.command(name="rollback")(models.rollback)
app.command(name="models")(models.list_models)
app.add_typer(label.label_app, name="label")
app.command(name="taxonomy")(know.taxonomy)
app.command(name="formats")(know.formats)
add_commands(app)


def main() -> None:
    """Run the command line; exits with 0, or with 2 and a message when the input or the call was bad."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Whatever the terminal's encoding, no character in a transcript may end a run.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except CsNlpError as error:
        complain(str(error))
        sys.exit(BAD_INPUT)
