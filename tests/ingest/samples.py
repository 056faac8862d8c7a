"""The small samples in `sample_files`: the shapes that systems write, with words made up for them.

A file is named after the format that reads it, with a word after a hyphen where a format has several shapes.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("sample_files")
SAMPLES: Final[dict[str, str]] = {path.stem: path.read_text(encoding="utf8") for path in sorted(FOLDER.iterdir())}
"""The text of each sample."""
JSON_SAMPLES: Final[dict[str, str]] = {path.stem: SAMPLES[path.stem] for path in sorted(FOLDER.glob("*.json"))}

AGENT_SAYS: Final = "Good morning, Fernhill Water, how can I help?"
CUSTOMER_SAYS: Final = "My meter has been read twice and I paid both."
"""Words that most samples hold."""

SLACK_USERS: Final = [
    {"id": "U1", "name": "ida", "real_name": "Ida Berg", "profile": {"display_name": "Ida", "real_name": "Ida Berg"}},
    {"id": "U2", "name": "jon", "deleted": True, "profile": {"display_name": "", "real_name": "Jon Vale"}},
    {"id": "B9", "name": "pagerbot", "is_bot": True, "profile": {}},
]
SLACK_NEXT_DAY: Final = [
    {"type": "message", "user": "U2", "text": "thanks!", "ts": "1780390900.000400", "thread_ts": "1780304400.000100"},
    {"type": "message", "user": "U7", "text": "<!here> who is on late", "ts": "1780391000.000500"},
]


def document(name: str) -> Any:  # noqa: ANN401 - tests change single values in documents of any shape
    """A sample, parsed anew."""
    return json.loads(SAMPLES[name])


def format_of(name: str) -> str:
    """The format that reads a sample."""
    return name.split("-", maxsplit=1)[0]


def teams_message(identity: str, at: str, name: str, content: str, **more: object) -> dict[str, object]:
    """A chat message as Graph gives it."""
    message: dict[str, object] = document("teams_chat")["value"][1]
    message["from"] = {"user": {"id": f"id-{name}", "displayName": name}}
    return {**message, "id": identity, "createdDateTime": at, "body": {"contentType": "html", "content": content}, **more}


def signed(value: object) -> dict[str, object]:
    """A JSON Web Signature around a document."""
    payload = base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return {"payload": payload, "signatures": [{"protected": "e30", "signature": "AAAA"}]}
