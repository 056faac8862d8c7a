"""The service and the worker as processes."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Final

import uvicorn

from cs_nlp.settings import Settings
from service.app import create_app
from service.limits import Patience
from service.logs import set_up
from service.server import PatientProtocol
from service.state import opened
from service.worker import Worker

KEEP_S: Final = 30
"""Seconds that a connection is kept for the next request."""
GRACE_S: Final = 30
"""Seconds that running requests have to end when the service is stopped."""


def run_service(settings: Settings) -> None:
    """Serve until the process is told to stop.

    Raises:
        CsNlpError: something can't be opened.
    """
    set_up()
    for which in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops at these and then raises them once more, which would end a clean stop with an error.
        signal.signal(which, _stopped)
    server_of(settings).run()


def server_of(settings: Settings, patience: Patience | None = None) -> uvicorn.Server:
    """The server, not started yet."""
    config = uvicorn.Config(
        create_app(settings, patience=patience),
        host=settings.host,
        port=settings.port,
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_S,
    )
    return uvicorn.Server(config)


def run_worker(settings: Settings, stopped: threading.Event) -> None:
    """Work in the background until told to stop.

    Raises:
        CsNlpError: something can't be opened.
    """
    set_up()
    with opened(settings, warm=False) as service:
        Worker(service).run_until(stopped)


def _stopped(_signal: int, _frame: FrameType | None) -> None:
    """The server has stopped; there is nothing more to do."""
