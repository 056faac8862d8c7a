"""A service and a worker as processes of their own, to be killed. Importing this loads what takes them seconds to load."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import uvicorn

from cs_nlp.settings import Settings
from service.run import run_worker, server_of
from service.state import shared_redactor

shared_redactor().redact_texts(["Thank you for calling."])


def serve(settings: Settings, port_file: Path) -> None:
    """Serve, and write the port to a file once requests are taken."""
    asyncio.run(_serve(server_of(settings), port_file))


def work(settings: Settings) -> None:
    """Work beside the service."""
    run_worker(settings, threading.Event())


async def _serve(server: uvicorn.Server, port_file: Path) -> None:
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    draft = port_file.with_suffix(".draft")
    draft.write_text(str(server.servers[0].sockets[0].getsockname()[1]), encoding="ascii")
    draft.replace(port_file)
    await running
