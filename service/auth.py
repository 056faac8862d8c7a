"""Who asks: keys shown as `Authorization: Bearer key_....`, each of one organisation and with scopes."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from cs_nlp.store import Store, check_key, note_use, organisation_names
from service.errors import Problem
from service.limits import RateLimiter

REMEMBERED_S: Final = 2.0
"""Seconds for which a good key is not looked up again: so long may a revoked one go on."""
_MOST: Final = 10_000
_LONGEST: Final = 200
_SCHEME: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        key: uid of the key.
        organisation: id of the organisation.
        name: its name.
        scopes: what the key allows.
    """

    key: str
    organisation: int
    name: str
    scopes: frozenset[str]


class KeyRing:
    """Knows keys.

    Args:
        store: the database.
        remembered_s: for how long a good key is not looked up again.
    """

    def __init__(self, store: Store, remembered_s: float = REMEMBERED_S) -> None:
        self._store = store
        self._remembered_s = remembered_s
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    def remembered(self, shown: str) -> Caller | None:
        """Who shows a key, if that was looked up a moment ago."""
        found = self._known.get(_digest(shown))
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def check(self, shown: str) -> Caller | None:
        """Who shows a key, or None where it opens nothing."""
        if len(shown) > _LONGEST:
            return None
        with self._store.reading() as db:
            key = check_key(db, shown)
            name = None if key is None else next((name for name, one in organisation_names(db).items() if one == key.organisation), None)
        if key is None or name is None:
            return None
        with self._store.writing() as db:
            note_use(db, key)
        caller = Caller(key.uid, key.organisation, name, frozenset(key.scopes))
        self._known[_digest(shown)] = (time.monotonic() + self._remembered_s, caller)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return caller

    def forget(self) -> None:
        """Look every key up anew: one was revoked."""
        self._known.clear()


async def authenticate(request: Request, ring: KeyRing, limiter: RateLimiter) -> Caller:
    """Who asks; counted against the key's rate. Wrong keys count against the address they come from.

    Raises:
        Problem: 401 without a good key, 429 with too many requests.
    """
    found: Caller | None = getattr(request.state, "caller", None)
    if found is not None:
        return found
    given = request.headers.get("authorization", "")
    shown = given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
    caller = ring.remembered(shown)
    if caller is None and shown:
        caller = await run_in_threadpool(ring.check, shown)
    if caller is None:
        limiter.take(f"address {request.client.host if request.client else ''}")
        told = "the key is wrong, revoked or over" if shown else "no key was shown; send the header Authorization: Bearer KEY"
        raise Problem(401, told, headers={"WWW-Authenticate": 'Bearer realm="cs_nlp"'})
    limiter.take(caller.key)
    request.state.caller = caller
    return caller


def allow(caller: Caller, scopes: tuple[str, ...]) -> None:
    """Let a caller through who has one of some scopes.

    Raises:
        Problem: 403.
    """
    if caller.scopes.isdisjoint(scopes):
        wanted = " or ".join(scopes)
        raise Problem(
            403, f"the key has the scopes {', '.join(sorted(caller.scopes))}; this needs {wanted}", facts={"needed": list(scopes)}
        )


def _digest(shown: str) -> bytes:
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest()
