"""Events go out over HTTP, signed as Standard Webhooks has it, and never to an address inside the network unless the settings say so.

A name is looked up once, all its addresses are checked, and the connection goes to a checked one: a name that answers differently a moment
later (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from cs_nlp.errors import InputError
from cs_nlp.store import Delivery

TIMEOUT_S: Final = 10.0
"""Seconds in which a delivery must be answered, all in all."""
GONE: Final = 410
_LONGEST: Final = 2000
_SECRET: Final = "whsec_"  # noqa: S105 - how secrets begin
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_PORTS: Final = {"https": 443, "http": 80}
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Sent:
    """How an attempt ended.

    Attributes:
        status: of the answer, or None where there was none.
        error: why it failed, or None.
    """

    status: int | None
    error: str | None


def check_url(url: str, *, private: bool) -> SplitResult:
    """A webhook's address.

    Args:
        url: as it was given.
        private: whether plain http and addresses inside the network are allowed.

    Raises:
        InputError: it is not usable.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError("url: it is no URL") from error
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise InputError(f"url: expected {' or '.join(f'{one}://host/path' for one in schemes)}")
    if (
        parts.username
        or parts.password
        or parts.fragment
        or len(url) > _LONGEST
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        raise InputError(f"url: expected at most {_LONGEST} plain characters, without user, password, blanks or fragment")
    with contextlib.suppress(ValueError):
        if not private and not is_public(ipaddress.ip_address(parts.hostname)):
            raise InputError("url: the address is not a public one")
    return parts


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the open internet, also where it is an IPv4 address in IPv6's clothes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in _NAT64 or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def send(delivery: Delivery, *, private: bool) -> Sent:
    """Attempt a delivery.

    Args:
        delivery: what to send and where to.
        private: as for `check_url`.
    """
    try:
        parts = check_url(delivery.webhook.url, private=private)
        address = _resolve(parts, private=private)
    except (InputError, OSError) as error:
        return Sent(None, f"no address: {error}" if isinstance(error, InputError) else f"no address: {type(error).__name__}")
    body = body_of(delivery)
    headers = {"Content-Type": "application/json", "User-Agent": "cs_nlp", **signed_headers(delivery, body, datetime.now(UTC))}
    try:
        status = _post(parts, address, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(None, f"no answer: {type(error).__name__}")
    return Sent(status, None if status in _OK else f"answered {status}")


def body_of(delivery: Delivery) -> bytes:
    """What is sent: type, time and data of the event."""
    whole: dict[str, Any] = {"type": delivery.event, "timestamp": delivery.created_at.isoformat(), **delivery.payload}
    return json.dumps(whole, separators=(",", ":")).encode()


def signed_headers(delivery: Delivery, body: bytes, at: datetime) -> Mapping[str, str]:
    """The headers of Standard Webhooks: id, time, and a signature with each secret, the newest first."""
    stamp = str(int(at.timestamp()))
    content = f"{delivery.uid}.{stamp}.".encode() + body
    signatures = [_signature(secret, content) for secret in delivery.webhook.secrets]
    return {"webhook-id": delivery.uid, "webhook-timestamp": stamp, "webhook-signature": " ".join(f"v1,{one}" for one in signatures)}


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_SECRET))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode("ascii")


def _resolve(parts: SplitResult, *, private: bool) -> str:
    """A checked address of a host.

    Raises:
        InputError: it leads into the network.
        OSError: it has none.
    """
    found = socket.getaddrinfo(parts.hostname, parts.port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not private and not all(is_public(ipaddress.ip_address(one)) for one in addresses):
        raise InputError("the name leads to an address that is not public")
    return addresses[0]


def _post(parts: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    port = parts.port or _PORTS[parts.scheme]
    host = str(parts.hostname)
    raw = socket.create_connection((address, port), TIMEOUT_S)
    with contextlib.closing(raw), _deadline(raw):
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if parts.scheme == "https" else raw
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {"Host": parts.netloc, **headers, "Connection": "close"})
        return connection.getresponse().status


@contextlib.contextmanager
def _deadline(connection: socket.socket) -> Iterator[None]:
    """Ends a connection that takes too long in all, however often a byte comes."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(TIMEOUT_S, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
