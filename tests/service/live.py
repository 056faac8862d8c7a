"""A real server on a port of this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from cs_nlp.settings import Settings
from service.limits import Patience
from service.run import server_of


@contextmanager
def running(settings: Settings, patience: Patience | None = None) -> Iterator[tuple[FastAPI, int]]:
    """The application and its port, until the block ends; then it is stopped as by Ctrl-C."""
    server = server_of(settings.model_copy(update={"port": 0}), patience)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        assert server.started
        app = server.config.app
        assert isinstance(app, FastAPI)
        yield app, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(60)
    assert not thread.is_alive()


def talk(port: int, *parts: bytes, pause_s: float = 0.0, patience_s: float = 10.0) -> bytes:
    """What the server answers to some bytes, sent with pauses, until it closes or says nothing more; or the name of what went wrong."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), patience_s) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause_s)
            while data := connection.recv(65536):
                found += data
        except (ConnectionError, TimeoutError) as error:
            return found or type(error).__name__.encode()
    return found
