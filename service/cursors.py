"""Where the next page begins, as an opaque text that only this service can have made, for this caller and these filters."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Final

from service.errors import Problem

_MARK: Final = 16


class Cursors:
    """Makes and reads cursors.

    Args:
        secret: they are signed with it.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, after: int, scope: object) -> str:
        """A cursor.

        Args:
            after: id of the last item of the page.
            scope: organisation and filters, as JSON can write them: with others, the cursor is refused.
        """
        body = str(after).encode()
        return base64.urlsafe_b64encode(self._mark(body, scope) + body).decode("ascii").rstrip("=")

    def read(self, cursor: str | None, scope: object) -> int:
        """The id after which the page begins; 0 for no cursor.

        Raises:
            Problem: 400, this service did not make it, or not for these filters.
        """
        if cursor is None:
            return 0
        try:
            data = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError, ValueError):
            data = b""
        mark, body = data[:_MARK], data[_MARK:]
        if not body or not hmac.compare_digest(mark, self._mark(body, scope)):
            told = "cursor: it is not one that this list gave for these filters; begin anew without it"
            raise Problem(400, told, slug="bad-cursor", errors=[{"pointer": "query/cursor", "detail": "unknown"}])
        return int(body)

    def _mark(self, body: bytes, scope: object) -> bytes:
        what = json.dumps(scope, sort_keys=True).encode() + b"\0" + body
        return hmac.digest(self._secret, what, hashlib.sha256)[:_MARK]
