"""Keyed pseudonyms for people: the same person has the same one, and without the key nobody can tell whose it is."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Final

DIGITS: Final = 12
MIN_KEY_BYTES: Final = 16


def pseudonym(name: str, key: bytes, organisation: str, *, kind: str = "agent") -> str:
    """A short, stable name for a person, as `agent-7f3a9c2e51d0`.

    HMAC-SHA256 (RFC 2104) over organisation and name, cut to 48 bits: that any two of 10,000 people share one has a probability
    of 2e-7. Whoever has the key can find a person by trying names; whoever lacks it can't.

    Args:
        name: as the platform gives it. Case, white space around and between words, and the way in which Unicode writes an accent
            make no difference.
        key: a secret of at least 16 bytes, kept apart from what is stored.
        organisation: whose person it is; the same name elsewhere has another pseudonym.
        kind: the word in front.

    Raises:
        ValueError: for a short key or an empty name. The message holds neither.
    """
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(
            f"the key for pseudonyms has {len(key)} bytes, expected at least {MIN_KEY_BYTES}; make one with: openssl rand -hex 32"
        )
    person = normalise_name(name)
    if not person:
        raise ValueError("a pseudonym needs a name, got one without any letter or digit; leave the speaker out instead")
    scope = organisation.encode("utf8", "surrogatepass")
    message = len(scope).to_bytes(8, "big") + scope + person.encode("utf8", "surrogatepass")
    return f"{kind}-{hmac.new(key, message, hashlib.sha256).hexdigest()[:DIGITS]}"


def normalise_name(name: str) -> str:
    """A name as it is compared: Unicode NFKC, case folded, single spaces between words."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
