"""`cs-nlp ingest`, `db`, `people` and `prune`: what is stored. The database is loaded when a command runs, and only then."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, read_options
from cs_nlp.cli.signals import MODEL, ORG
from cs_nlp.settings import read_settings

YES = typer.Option("--yes", "-y", help="Don't ask.")
AS_JSON = typer.Option("--json", help="Print JSON objects, one a line.")

db_app = typer.Typer(help="Make, bring up to date and check the database that CS_NLP_DATABASE names.", no_args_is_help=True)
people_app = typer.Typer(help="Who of the staff is known, by pseudonym: teams and joining dates, and nothing else.", no_args_is_help=True)


def ingest(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders or zips; none: only score what waits.", show_default=False)
    ] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[str | None, typer.Option("--team", help="Team of transcripts that name none.", show_default=False)] = None,
    tz: Annotated[
        str | None,
        typer.Option(
            "--tz", help="Time zone of teams that are new, such as Europe/Berlin, or one a team: team=zone,...", show_default=False
        ),
    ] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    later: Annotated[bool, typer.Option("--later", help="Only store; score another time.")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Store transcripts, redacted and with pseudonyms, and score them. The same transcript twice is one transcript."""
    from cs_nlp.cli import store_ingest as work  # noqa: PLC0415 - see the module

    settings = read_settings()
    options = read_options(settings, format_name, role_map, metadata, encoding, detect_roles)
    with work.opened(settings, org, team=team, tz=tz) as opened:
        work.run(settings, opened, work.Wish(paths or [], options, report, model, later=later, as_json=as_json))


@db_app.command("upgrade")
def upgrade() -> None:
    """Make the tables, or bring those of an older version up to date. Keep a copy of the database before."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_upgrade(read_settings())


@db_app.command("current")
def current(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Print which database it is, its version, and what is in it."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_current(read_settings(), as_json=as_json)


@db_app.command("check")
def check() -> None:
    """Check tables, references, and every sum that is kept; exits with 2 when something is wrong."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_check(read_settings())


@db_app.command("zone")
def zone(
    team: Annotated[str, typer.Argument(help="A stored team.", show_default=False)],
    name: Annotated[str, typer.Argument(help="Its time zone, such as Europe/Berlin.", show_default=False)],
    org: Annotated[str | None, ORG] = None,
) -> None:
    """Give a team another time zone: days of its transcripts follow; what is published keeps its days, unless published anew."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_zone(read_settings(), org, team, name)


@db_app.command("publish")
def publish(
    org: Annotated[str | None, ORG] = None,
    *,
    anew: Annotated[
        bool, typer.Option("--anew", help="Drop all that is published and publish it by the present settings: others may subtract.")
    ] = False,
) -> None:
    """Let readers see what of scored transcripts can be seen; scoring and erasing end with this by themselves."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_publish(read_settings(), org, anew=anew)


@db_app.command("rescore")
def rescore(model: Annotated[str | None, MODEL] = None, org: Annotated[str | None, ORG] = None) -> None:
    """Score anew what another model scored, where the text of all statements was kept (CS_NLP_KEEP_TEXT=all)."""
    from cs_nlp.cli import store_ingest as work  # noqa: PLC0415 - see the module

    settings = read_settings()
    with work.opened(settings, org) as opened:
        work.run_rescore(settings, opened, model)


@people_app.command("list")
def list_people(
    org: Annotated[str | None, ORG] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only this team.", show_default=False)] = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Print people's pseudonyms, their teams and when they joined."""
    from cs_nlp.cli import store_people as work  # noqa: PLC0415 - see the module

    work.run_list(read_settings(), org, team, as_json=as_json)


@people_app.command("import")
def import_people(
    path: Annotated[Path, typer.Argument(help="A CSV or JSON file with person (or agent), joined_on and maybe team.", show_default=False)],
    org: Annotated[str | None, ORG] = None,
) -> None:
    """Read who joined which team, and when; names become pseudonyms."""
    from cs_nlp.cli import store_people as work  # noqa: PLC0415 - see the module

    work.run_import(read_settings(), org, path)


@people_app.command("erase")
def erase_person(
    person: Annotated[str, typer.Argument(help="A name as the transcripts give it, or a pseudonym.", show_default=False)],
    org: Annotated[str | None, ORG] = None,
    *,
    yes: Annotated[bool, YES] = False,
) -> None:
    """Erase all that one person said, and the person; every figure that held it changes."""
    from cs_nlp.cli import store_people as work  # noqa: PLC0415 - see the module

    work.run_erase(read_settings(), org, person, yes=yes)


def prune(
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            help="Erase what began before this day; default: CS_NLP_RETENTION_DAYS ago.",
            show_default=False,
        ),
    ] = None,
    transcript: Annotated[
        list[str] | None, typer.Option("--transcript", help="Erase this transcript, by its id; may be repeated.", show_default=False)
    ] = None,
    org: Annotated[str | None, ORG] = None,
    *,
    yes: Annotated[bool, YES] = False,
) -> None:
    """Erase transcripts: text, scores and figures."""
    from cs_nlp.cli import store_admin as work  # noqa: PLC0415 - see the module

    work.run_prune(read_settings(), org, work.Doomed(before.date() if before else None, tuple(transcript or ())), yes=yes)
