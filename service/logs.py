"""Logs as JSON, one object a line, made of known fields only: no words of a transcript, no query, no key can get into them."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

LOGGER: Final = logging.getLogger("cs_nlp.service")
_FIELDS: Final = "fields"


class JsonLines(logging.Formatter):
    """A log record as a JSON object: `at`, `level`, `event`, and the fields that were given."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        row: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(row | getattr(record, _FIELDS, {}), ensure_ascii=True)


def set_up(level: str = "INFO") -> None:
    """Write the service's and the server's log to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("cs_nlp.service", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def log(event: str, fields: Mapping[str, object] | None = None, *, level: int = logging.INFO) -> None:
    """Log an event.

    Args:
        event: what happened, always in the same words.
        fields: facts; None is left out.
        level: of `logging`.
    """
    LOGGER.log(level, event, extra={_FIELDS: {name: value for name, value in (fields or {}).items() if value is not None}})


def log_error(event: str, error: BaseException, fields: Mapping[str, object] | None = None) -> None:
    """Log an error by its kind and place. Its message may hold what somebody said, and stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    log(event, {"kind": type(error).__name__, "places": places, **(fields or {})}, level=logging.ERROR)
