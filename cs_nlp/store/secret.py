"""The secret with which pseudonyms and hashes are made: given, or made once and kept beside the database for its owner's eyes only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from cs_nlp.errors import StoreError
from cs_nlp.store.engine import Store
from cs_nlp.store.organisations import organisation_names

LEAST_BYTES: Final = 16


def read_secret(store: Store, given: str) -> tuple[bytes, Path | None]:
    """The secret of a database.

    It is made only where nothing has been stored with another one.

    Args:
        store: the database.
        given: what the user set, or "" for nothing.

    Returns:
        The secret, and the file in which it was made just now, or None.

    Raises:
        StoreError: a short secret; none for a PostgreSQL database; or its file is lost or can't be read.
    """
    if given:
        return _checked(given.encode(), "CS_NLP_SECRET"), None
    if store.path is None:
        raise StoreError(
            f"{store.label}: no secret for pseudonyms; whoever writes to one database needs the same: set CS_NLP_SECRET, "
            "for example to what 'openssl rand -hex 32' prints, and keep it apart from the database"
        )
    path = store.path.with_name(store.path.name + ".secret")
    with store.reading() as db:
        is_lost = bool(organisation_names(db)) and not path.exists()
    if is_lost:
        raise StoreError(
            f"{path}: the secret for pseudonyms is not there; restore the file, or set CS_NLP_SECRET to what it held: without it, "
            "everyone would be taken for somebody else"
        )
    made = _make(path)
    try:
        return _checked(path.read_text(encoding="ascii").strip().encode(), str(path)), path if made else None
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{path}: the secret for pseudonyms can't be read ({error}); restore the file, or set CS_NLP_SECRET") from error


def _make(path: Path) -> bool:
    """Make the file unless it is there; whether it was made. It appears with its content, so that nobody reads it half written."""
    if path.exists():
        return False
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
    except OSError as error:
        raise StoreError(f"{path}: the secret for pseudonyms can't be written ({error}); set CS_NLP_SECRET") from error
    return True


def _checked(secret: bytes, source: str) -> bytes:
    if len(secret) < LEAST_BYTES:
        raise StoreError(
            f"{source}: the secret has {len(secret)} bytes, expected at least {LEAST_BYTES}; make one with: openssl rand -hex 32"
        )
    return secret
