"""How the JSON files of a model folder are written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any


def write_document(path: Path, document: dict[str, Any]) -> None:
    """Writes JSON with each innermost list on one line, so that a row of figures is a line."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    short = re.sub(r"\[[^][{}\"]*\]", lambda found: " ".join(found.group().split()), text)
    path.write_text(short + "\n", encoding="utf-8")
