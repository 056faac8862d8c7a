"""`cs-nlp keys`: who may use the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cs_nlp.cli.signals import ORG
from cs_nlp.settings import read_settings

keys_app = typer.Typer(help="Make, list and revoke keys for the service.", no_args_is_help=True)
AS_JSON = typer.Option("--json", help="Print JSON objects, one a line.")


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.", show_default=False)],
    scope: Annotated[
        list[str],
        typer.Option("--scope", "-s", help="What it allows: ingest, read, evidence, label or admin; may be repeated.", show_default=False),
    ],
    days: Annotated[int | None, typer.Option("--days", min=1, help="It ends after so many days.", show_default=False)] = None,
    org: Annotated[str | None, ORG] = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Make a key of one organisation and print it, this once: only its hash is kept."""
    from cs_nlp.cli import keys_work as work  # noqa: PLC0415 - the database is loaded when a command runs, and only then

    ends = None if days is None else datetime.now(UTC) + timedelta(days=days)
    work.run_create(read_settings(), org, work.Wanted(name, tuple(scope), ends), as_json=as_json)


@keys_app.command("list")
def list_all(org: Annotated[str | None, ORG] = None, *, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Print an organisation's keys, without what opens them."""
    from cs_nlp.cli import keys_work as work  # noqa: PLC0415 - as above

    work.run_list(read_settings(), org, as_json=as_json)


@keys_app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Id of the key, as the list shows it.", show_default=False)],
    org: Annotated[str | None, ORG] = None,
) -> None:
    """Revoke a key: the service refuses it from two seconds later at most."""
    from cs_nlp.cli import keys_work as work  # noqa: PLC0415 - as above

    work.run_revoke(read_settings(), org, key)
