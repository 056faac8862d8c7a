"""Who looks at the pages: a signed cookie that names a key, tokens against forged forms, and links that sign in once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.store import Answer, Repeat, begin_request, finish_request, list_keys, organisation_names
from service.auth import Caller
from service.state import Service

COOKIE: Final = "cs_nlp_session"
FORM_COOKIE: Final = "cs_nlp_form"
SESSION_S: Final = 12 * 3600
"""Seconds after which one has to sign in again."""
LINK_S: Final = 15 * 60
"""Seconds for which a link signs in."""
_MARK: Final = 32
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """A visit of somebody who has signed in.

    Attributes:
        key: uid of the key that was shown; what it allows, the visit may do.
        organisation: id of its organisation.
        nonce: tells visits apart.
    """

    key: str
    organisation: int
    nonce: str


class Seal:
    """Signs small facts so that only this service can have written them.

    Args:
        secret: derived for one purpose.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, facts: dict[str, Any], seconds: float) -> str:
        """The facts as a text, good for some seconds from now."""
        body = json.dumps(facts | {"until": int(time.time() + seconds)}, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mark(body) + body).decode("ascii").rstrip("=")

    def read(self, text: str) -> dict[str, Any] | None:
        """The facts; None where the text is not from here, or too old."""
        try:
            data = base64.b64decode(text[:_LONGEST].encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mark, body = data[:_MARK], data[_MARK:]
        if not body or not hmac.compare_digest(mark, self._mark(body)):
            return None
        facts: dict[str, Any] = json.loads(body)
        return facts if facts["until"] > time.time() else None

    def token(self, text: str) -> str:
        """A short proof that this service has seen a text."""
        return self._mark(text.encode("utf-8", "surrogatepass")).hex()

    def _mark(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, hashlib.sha256)


def sessions_of(service: Service) -> Seal:
    """What signs the cookies."""
    return Seal(service.derived("page session"))


def begin(response: Response, request: Request, service: Service, caller: Caller) -> None:
    """Let a visit begin: the cookie is neither readable by scripts nor sent from other sites."""
    facts = {"key": caller.key, "organisation": caller.organisation, "nonce": secrets.token_hex(8)}
    value = sessions_of(service).write(facts, SESSION_S)
    response.set_cookie(COOKIE, value, max_age=SESSION_S, httponly=True, samesite="strict", secure=is_https(request), path="/")


def end(response: Response) -> None:
    """Let a visit end."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


def is_https(request: Request) -> bool:
    """Whether the browser speaks https, with this service or with a proxy before it."""
    return "https" in {request.url.scheme, request.headers.get("x-forwarded-proto", "").strip().lower()}


def find_session(request: Request, service: Service) -> Session | None:
    """The visit that a request belongs to."""
    facts = sessions_of(service).read(request.cookies.get(COOKIE, ""))
    return None if facts is None else Session(str(facts["key"]), int(facts["organisation"]), str(facts["nonce"]))


def caller_of(service: Service, organisation: int, uid: str) -> Caller | None:
    """Who has a key; None where it is revoked or over by now."""
    with service.store.reading() as db:
        key = next((key for key in list_keys(db, organisation) if key.uid == uid), None)
        name = next((name for name, one in organisation_names(db).items() if one == organisation), None)
    is_over = key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at.timestamp() <= time.time())
    if key is None or name is None or is_over:
        return None
    return Caller(key.uid, key.organisation, name, frozenset(key.scopes))


def form_token(service: Service, text: str) -> str:
    """What a form must bring back; `text` is the visit's nonce, or that of the cookie of a form before the visit."""
    return Seal(service.derived("page form")).token(text)


def make_link(service: Service, organisation: int, key: str) -> str:
    """The path of a link that signs in once, with a key, within `LINK_S` seconds."""
    facts = {"key": key, "organisation": organisation, "nonce": secrets.token_hex(8)}
    return "/open/" + Seal(service.derived("page link")).write(facts, LINK_S)


def follow_link(service: Service, token: str) -> Caller | None:
    """Who a link signs in; None where it is not from here, too old, or was used before. The database remembers that it was used."""
    facts = Seal(service.derived("page link")).read(token)
    if facts is None:
        return None
    organisation, name = int(facts["organisation"]), f"page link {facts['nonce']}"
    with service.store.writing() as db:
        repeat, _ = begin_request(db, organisation, name, hashlib.sha256(name.encode()).digest())
        if repeat is not Repeat.FIRST:
            return None
        finish_request(db, organisation, name, Answer(200, "", b""))
    return caller_of(service, organisation, str(facts["key"]))
