"""After the report: the service over the sample teams, for `make run`. It prints a link that signs in once, and runs until Ctrl-C."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import uvicorn
from pydantic import SecretStr
from rich.console import Console

from cs_nlp.cli.screen import progress
from cs_nlp.ingest import read_files
from cs_nlp.pipeline.publishing import DEFAULT_RULES, choose_rules
from cs_nlp.pipeline.storing import Keeping, ingest, open_organisation, score_waiting
from cs_nlp.records import Intervention, Transcript
from cs_nlp.scoring import Classifier
from cs_nlp.settings import Settings
from cs_nlp.store import SCOPES, KeepText, Store, add_intervention, find_organisation, make_key, open_store
from service.dashboard.session import LINK_S, make_link
from service.run import server_of
from service.state import Service
from tools.make_samples import TEAM_ZONES

ORGANISATION: Final = "samples"
_KEY: Final = timedelta(days=1)


def serve_samples(
    samples: Path, database: Path, settings: Settings, classifier: Classifier, interventions: Iterable[Intervention], console: Console
) -> None:
    """Load the sample teams into a database that is made anew, and serve it until Ctrl-C.

    Args:
        samples: their transcripts.
        database: its file; what was there goes.
        settings: model, host, port and smallest group.
        classifier: of these settings.
        interventions: what was done with the teams.
        console: where the link is printed.

    Raises:
        CsNlpError: something can't be opened.
    """
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    secret = secrets.token_hex(32)
    own = settings.model_copy(update={"database": str(database), "secret": SecretStr(secret), "organisation": ORGANISATION})
    transcripts = [transcript for reading in read_files([samples]) for transcript in reading]
    with open_store(own.database, create=True) as store:
        _load(store, transcripts, Keeping(ORGANISATION, secret.encode(), KeepText(own.keep_text), _zones()), own, classifier)
        with store.writing() as db:
            for one in interventions:
                add_intervention(db, find_organisation(db, ORGANISATION), one)
    server = server_of(own.model_copy(update={"port": _free(own.host, own.port)}))
    threading.Thread(target=_tell, args=(server, own.host, console), daemon=True).start()
    # uvicorn ends in good order on Ctrl-C, then raises it again.
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    console.print("Stopped.")


def _load(store: Store, transcripts: Sequence[Transcript], keeping: Keeping, settings: Settings, classifier: Classifier) -> None:
    organisation = open_organisation(store, keeping)
    choose_rules(store, organisation, replace(DEFAULT_RULES, k=settings.smallest_group))
    with progress("storing transcripts without names and numbers", len(transcripts)) as bar:
        for n, _ in enumerate(ingest(store, transcripts, keeping, classifier=classifier), start=1):
            bar(n, len(transcripts))
    done = 0
    with progress("scoring what is stored", len(transcripts)) as bar:
        for batch in score_waiting(store, organisation, classifier, worker="make run", keep=keeping.text):
            done += len(batch)
            bar(done, len(transcripts))


def _tell(server: uvicorn.Server, host: str, console: Console) -> None:
    """Print the link as soon as the service answers."""
    while not server.started:
        time.sleep(0.05)
        if server.should_exit:
            return
    service: Service = server.config.app.state.service  # type: ignore[union-attr]  # the application of `create_app`
    port = server.servers[0].sockets[0].getsockname()[1]
    organisation = open_organisation(service.store, service.keeping(ORGANISATION))
    with service.store.writing() as db:
        key, _ = make_key(db, organisation, "make run", SCOPES, datetime.now(UTC) + _KEY)
    address = f"http://{host}:{port}{make_link(service, organisation, key.uid)}"
    console.print(f"\nThe sample teams are served. Open this link, which signs you in once, within {LINK_S // 60} minutes:\n")
    console.print(address, soft_wrap=True)
    console.print("\nCtrl-C stops the service.")


def _zones() -> dict[str, str]:
    return {team: str(zone) for team, zone in TEAM_ZONES.items()}


def _free(host: str, port: int) -> int:
    """The port, or 0 for any free one where it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return 0
    return port
