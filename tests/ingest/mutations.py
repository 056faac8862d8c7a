"""Samples made worse: parts of documents changed, lines moved, bytes broken, other encodings, zips. The same seed gives the same bytes.

Names and words that stand for personal data are put into every sample first, so that whoever reads the results can look for them where
they must not be.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Final

from tests.ingest.samples import JSON_SAMPLES, SAMPLES, SLACK_NEXT_DAY, SLACK_USERS

PRIVATE: Final = ("quillfeather", "zbyszko", "oyelaran", "07700 900")
"""Stand for personal data, in lower case; they come from nowhere but the transcripts."""
_MARKED: Final = (("meter", "Quillfeather 07700 900123"), ("Ida", "Zbyszko"), ("Wren", "Oyelaran"))
PIECES: Final = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b"\r", b"\n\n", b"\x00", b"\xff", b"\xc3", b"\\ud800", b"\\u0000", b"null"),
    *(b"-1", b"1e999", b"9" * 5000, b"-->", b"--", b"<v ", b"</v>", b"<", b"&lt;", b"WEBVTT", b"Agent: ", b"\t", b";", b"|", b'"""'),
    *(
        b"[[[[",
        b"00:00:99.9",
        b"00:00:01.000 --> 00:00:02.000\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe2\x80\xa8",
        b"\xe2\x80\xae",
        b"\\",
        b"'",
    ),
    *(
        b"\\",
        b"'",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
        b"\x1b[2J",
        b"=cmd()",
        b"../",
        b"%s{0}",
        b"{",
        b"text,speaker\n",
        b"a" * 3000,
        b"\n" * 200,
    ),
)
VALUES: Final[tuple[object, ...]] = (
    *(None, True, False, -1, 0, 10**30, 1e308, -0.0, "", " ", "x", "\ud800", "9" * 400, [], {}, [[]], [None], {"a": None}, [{}], {"": ""}),
    *("2026-13-45", -62135596801, 253402300800, "00:00:01", "NaN", "Agent: hi\nCustomer: hello\nAgent: bye", "<p>hi<br>", "&#0;&#x110000;"),
    *("AGENT", "[PII]", "a" * 20_000, "\u202e\u2028\x85", ["Agent", "hi"], [["agent", "hi"], ["customer"]], {"text": "hi", "speaker": 3}),
)
_LINES: Final = (
    *(line for name, text in sorted(SAMPLES.items()) if name not in JSON_SAMPLES for line in text.split("\n") if line.strip()),
    *("", " ", "---", "[hold music]", "Date: yesterday", '"', "Agent:", "Zbyszko (00:01)", "a,b,c", "\u2028", "WEBVTT", "1"),
)
_ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "utf-7")
NAMES: Final = (*SAMPLES, "slack_export")


def marked(text: str) -> str:
    """A sample's text with words that stand for personal data."""
    for word, stand_in in _MARKED:
        text = text.replace(word, stand_in)
    return text


_MARKED_SAMPLES: Final = {name: marked(text) for name, text in SAMPLES.items()}
_DOCUMENTS: Final = {name: json.loads(_MARKED_SAMPLES[name]) for name in JSON_SAMPLES}


def mutated(name: str, seed: int) -> bytes:
    """A sample made worse.

    Args:
        name: one of `NAMES`.
        seed: of the changes.
    """
    rng = random.Random(f"{name}/{seed}")  # noqa: S311 - mutations, no secrets
    if name == "slack_export":
        return _slack_zip(rng)
    data = _worse(name, rng)
    return _zipped({f"a/{name}": data, "metadata.csv": _side_file(rng), "b.txt": b"Agent: hi\n"}, rng) if rng.random() < 0.02 else data


def _worse(name: str, rng: random.Random) -> bytes:
    if name in _DOCUMENTS:
        text = _json_text(name, rng)
    else:
        times = rng.choice((1, 2, 8, 30))
        text = _with_lines_moved(_MARKED_SAMPLES[name] * times, rng)
    data = text.encode(rng.choice(_ENCODINGS), "replace") if rng.random() < 0.04 else text.encode("utf-8", "surrogatepass")
    return damaged(data, rng) if rng.random() < 0.35 else data


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Bytes with some taken out, put in, changed, repeated, or cut off."""
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 1, 1, 4, 30)))
        kind = rng.randrange(5)
        if kind == 0:
            data = data[:start] + data[end:]
        elif kind == 1:
            data = data[:start] + rng.choice(PIECES) + data[end:]
        elif kind == 2:
            data = data[:start] + bytes([rng.randrange(256)]) + data[start + 1 :]
        elif kind == 3:
            data = data[:start] + data[start:end] * rng.randint(2, 40) + data[end:]
        else:
            data = data[:start] if rng.random() < 0.3 else data[start:] + data[:start]
    return data


def _json_text(name: str, rng: random.Random) -> str:
    """A document, several one a line, or an array of them."""
    documents = []
    for _ in range(rng.choice((1, 1, 1, 2, 6))):
        value = _DOCUMENTS[name]
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            value = changed(value, rng)
        documents.append(value)
    ascii_only = rng.random() < 0.5
    if len(documents) == 1:
        return json.dumps(documents[0], ensure_ascii=ascii_only, indent=rng.choice((None, None, 1)))
    if rng.random() < 0.2:
        return json.dumps(documents, ensure_ascii=ascii_only)
    return rng.choice(("\n", "\r\n", "\n\n")).join(json.dumps(value, ensure_ascii=ascii_only) for value in documents)


def changed(value: object, rng: random.Random) -> object:
    """The document with one part, at any depth, taken out, repeated, renamed, or made something else."""
    if rng.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return rng.choice(_CHANGES)(value, rng)
    if isinstance(value, list):
        place = rng.randrange(len(value))
        if rng.random() < 0.2:
            return rng.choice((value[:place] + value[place + 1 :], value * rng.randint(2, 9), value[place:] + value[:place]))
        return [changed(item, rng) if at == place else item for at, item in enumerate(value)]
    key = rng.choice(sorted(value))
    if rng.random() < 0.2:
        return {name: item for name, item in value.items() if name != key}
    if rng.random() < 0.05:
        other = rng.choice((key.upper(), key[:-1], rng.choice(sorted(value)), "text", "speaker", ""))
        return {other if name == key else name: item for name, item in value.items()}
    return {name: changed(item, rng) if name == key else item for name, item in value.items()}


def _edited(value: object, rng: random.Random) -> object:
    """The same value, but not quite: text with something in it, a number that is off."""
    if isinstance(value, str):
        return damaged(value.encode("utf-8", "surrogatepass"), rng).decode("utf-8", rng.choice(("replace", "surrogateescape")))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return rng.choice((-value, value * 1000, value + 0.5, str(value), f"{value}s", [value]))
    return [value]


def _part_of_another(_: object, rng: random.Random) -> object:
    """A part of any sample."""
    value: object = _DOCUMENTS[rng.choice(sorted(_DOCUMENTS))]
    while isinstance(value, dict | list) and value and rng.random() < 0.7:
        value = rng.choice(list(value.values()) if isinstance(value, dict) else value)
    return value


def _nested(value: object, rng: random.Random) -> object:
    for _ in range(rng.choice((1, 2, 30, 150))):
        value = [value] if rng.random() < 0.5 else {"body": value}
    return value


_CHANGES: Final[tuple[Callable[[object, random.Random], object], ...]] = (
    lambda _, rng: rng.choice(VALUES),
    lambda _, rng: rng.choice(VALUES),
    _edited,
    _edited,
    _part_of_another,
    _nested,
)


def _with_lines_moved(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(rng.choice((0, 1, 2, 5))):
        place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.randrange(6)
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, lines[other])
        elif kind == 2:
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == 3:
            lines.insert(place, marked(rng.choice(_LINES)))
        elif kind == 4:
            lines[place] = "".join(rng.sample(lines[place], len(lines[place])))
        else:
            lines[place] = lines[place].replace(
                rng.choice((":", ",", " ", '"', ".", "-")), rng.choice((";", "\t", "", "\uff1a", "::", "|"))
            )
        lines = lines or [""]
    return rng.choice(("\n",) * 6 + ("\r\n", "\r", "\n\n", "\u2028")).join(lines)


def _side_file(rng: random.Random) -> bytes:
    rows = "file,agent,team,channel,started_at,joined_on\na,Zbyszko,North,voice,2026-06-01 09:30,2025-02-03\nb.txt,,South,team chat,,\n"
    data = rows.encode() if rng.random() < 0.6 else json.dumps([{"file": "b.txt", "team": "North", "joined_on": 3}]).encode()
    return damaged(data, rng) if rng.random() < 0.6 else data


def _slack_zip(rng: random.Random) -> bytes:
    """An export of two days with some of its files changed."""
    files: dict[str, object] = {
        "users.json": SLACK_USERS,
        "channels.json": [],
        "north/2026-06-01.json": json.loads(_MARKED_SAMPLES["slack_messages"]),
        "north/2026-06-02.json": SLACK_NEXT_DAY,
    }
    members = {}
    for name, value in files.items():
        for _ in range(rng.choice((0, 1, 2))):
            value = changed(value, rng)  # noqa: PLW2901 - changed again and again
        data = marked(json.dumps(value)).encode()
        members[name] = damaged(data, rng) if rng.random() < 0.1 else data
    return _zipped(members, rng)


def _zipped(members: dict[str, bytes], rng: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        odd = rng.sample(("../x.json", "/x.json", "a\\..\\x", "X.JSON", "users.json/x"), k=len(members))
        for (name, data), other in zip(members.items(), odd, strict=True):
            archive.writestr(name if rng.random() < 0.98 else other, data)
    return damaged(buffer.getvalue(), rng) if rng.random() < 0.15 else buffer.getvalue()
