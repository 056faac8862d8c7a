"""vCon (draft-ietf-vcon-vcon-core), all versions seen: text dialogs, and transcripts in whatever shape their vendor gives them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.errors import MessageError
from email.message import Message

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.html_text import html_to_text
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.labels import add_labelled, text_lines
from cs_nlp.ingest.readers.json_lines import is_json, parse_json
from cs_nlp.ingest.readers.recognisers import add_deepgram
from cs_nlp.ingest.roles import role_of_label
from cs_nlp.ingest.rows import find_columns, read_row
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, number, objects
from cs_nlp.records import Role, Transcript

_QUOTED_MAIL = re.compile(r"^[ \t>]*On [^\n]{5,200}wrote:[ \t]*$|^-{3,} ?Original Message", re.MULTILINE)
_ROW_LISTS = ("segments", "utterances", "messages", "turns", "transcript", "results")


@dataclass(frozen=True, slots=True)
class _Party:
    label: str
    role: Role
    keys: tuple[str, ...]


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read an unsigned vCon as one transcript."""
    root = as_object(value)
    parties = [_party(party, place) for place, party in enumerate(as_list(root.get("parties")))]
    dialogs = as_list(root.get("dialog"))
    draft = Draft(id=as_text(root.get("uuid")))
    draft.started_at = next((at for dialog in objects(dialogs) if (at := intake.time(dialog.get("start")))), None)
    _add_transcripts(root, draft, parties, intake)
    for dialog in objects(dialogs):
        if dialog.get("type") == "text":
            _add_text(dialog, draft, parties, intake)
        else:
            intake.skip("recording or event")
    if not draft.turns:
        wrong = [key for key in ("parties", "dialog", "analysis") if key in root and not isinstance(root[key], list)]
        faults = f"; {' and '.join(wrong)} should be arrays" if wrong else ""
        intake.refuse(
            f"the vCon holds no words: neither text dialogs nor an analysis of type transcript{faults}; have its recordings transcribed"
        )
    yield from intake.finish(draft)


def read_signed(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a signed vCon (JSON Web Signature); the signature is not checked."""
    payload = _from_base64(as_text(as_object(value).get("payload")))
    if payload is None:
        intake.refuse("the payload of the signed document is not base64url-coded text; expected a signed vCon")
    inner = parse_json(payload, intake.name)
    if not UNSIGNED.recognise(inner).recognised:
        intake.refuse("the payload of the signed document is no vCon: it lacks parties, dialog or analysis")
    intake.report.warn("the vCon is signed; its signature was not checked")
    yield from read(inner, intake)


def _party(value: object, place: int) -> _Party:
    party = as_object(value)
    names = [as_text(party.get(key)) for key in ("name", "mailto", "tel", "uuid", "id")]
    known = [name.removeprefix("mailto:").removeprefix("tel:") for name in names if name]
    stated = as_text(as_object(party.get("meta")).get("role")) or as_text(party.get("role"))
    role = role_of_label(stated)
    return _Party(known[0] if known else f"party {place}", role, (*known, f"party {place}"))


def _voice(label: str, parties: list[_Party], intake: Intake) -> Voice:
    """The voice of a label in a transcript: of the party that has this name, else what the label itself states."""
    for party in parties:
        if label and label.strip().casefold() in (key.casefold() for key in party.keys):
            return intake.voice(party.label, party.role, *party.keys)
    return intake.voice(label or None)


def _from_base64(text: str) -> str | None:
    packed = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _body(part: Object, intake: Intake) -> object:
    """The body of a dialog or an analysis: text, or parsed JSON where the text is such. Versions differ on which of both it is."""
    body = part.get("body")
    if part.get("encoding") == "base64url" and isinstance(body, str):
        body = _from_base64(body)
    if isinstance(body, str) and is_json(body):
        try:
            return parse_json(body, intake.name)
        except IngestError:
            intake.skip("damaged JSON in the vCon")
            return None
    return body


def _add_transcripts(root: Object, draft: Draft, parties: list[_Party], intake: Intake) -> None:
    """Add the turns of the first transcript of each dialog: several vendors' transcripts of one call must not double it."""
    done: set[str] = set()
    for part in (*objects(root.get("analysis")), *objects(root.get("attachments"))):
        kind = as_text(part.get("type")).lower()
        if "transcript" not in kind or "summary" in kind:
            continue
        dialog = as_text(part.get("dialog")) or str(part.get("dialog"))
        if dialog in done:
            intake.skip("further transcript of the same dialog")
            continue
        before = len(draft.turns)
        _add_body(_body(part, intake), draft, parties, intake)
        if len(draft.turns) > before:
            done.add(dialog)


def _add_body(body: object, draft: Draft, parties: list[_Party], intake: Intake) -> None:
    if isinstance(body, str):
        _add_labelled(body, draft, parties, intake)
        return
    if isinstance(body, list):
        _add_rows(body, draft, parties, intake)
        return
    root = as_object(body)
    if as_object(root.get("results")).get("channels"):
        add_deepgram(root, draft, intake)
        return
    if root.get("words") and root.get("transcript"):  # one alternative of a Deepgram answer
        add_deepgram({"results": {"channels": [{"alternatives": [root]}]}}, draft, intake)
        return
    for key in _ROW_LISTS:
        if as_list(root.get(key)):
            _add_rows(as_list(root[key]), draft, parties, intake)
            return
    text = as_text(root.get("transcript")) or as_text(as_object(root.get("transcript")).get("text")) or as_text(root.get("text"))
    _add_labelled(text, draft, parties, intake)


def _add_labelled(text: str, draft: Draft, parties: list[_Party], intake: Intake) -> None:
    """Lines with speakers; a transcript without them is one turn of an unknown speaker."""
    lines = text_lines(text)
    aside = Draft()
    if add_labelled(lines, aside, intake):
        for turn in aside.turns:
            intake.add(draft, _voice(turn.speaker or "", parties, intake), turn.text, (turn.start_s, turn.end_s))
    elif text.strip():
        intake.report.warn("a transcript names no speakers: read as one turn with role unknown")
        intake.add(draft, intake.voice(None), text)


def _add_rows(rows: list[object], draft: Draft, parties: list[_Party], intake: Intake) -> None:
    for row in objects(rows):
        columns = find_columns(tuple(row))
        if columns.text is None:
            intake.skip("object without words")
            continue
        found = read_row(row, columns, intake)
        voice = found.voice if found.voice.role is not Role.UNKNOWN else _voice(found.voice.speaker or "", parties, intake)
        intake.add(draft, voice, found.text, found.span, found.at)


def _add_text(dialog: Object, draft: Draft, parties: list[_Party], intake: Intake) -> None:
    body = _body(dialog, intake)
    text = _mail_text(body, as_text(dialog.get("mediatype")) or as_text(dialog.get("mimetype"))) if isinstance(body, str) else ""
    quoted = _QUOTED_MAIL.search(text)
    if quoted is not None:
        intake.skip("quoted mail")
        text = text[: quoted.start()]
    if not text.strip():
        intake.skip("text dialog without words")
        return
    heard = as_list(dialog.get("parties")) or [dialog.get("parties")]
    speaker = number(dialog.get("originator")) if "originator" in dialog else number(heard[0])
    place = int(speaker) if speaker is not None and 0 <= speaker < len(parties) else None
    voice = intake.voice(None) if place is None else intake.voice(parties[place].label, parties[place].role, *parties[place].keys)
    intake.add(draft, voice, text, at=intake.time(dialog.get("start")))


def _mail_text(body: str, media_type: str) -> str:
    """The words of a message: of its plain part where it is a multipart mail, without tags where it is HTML."""
    if media_type.lower().startswith("multipart/"):
        try:
            mail = message_from_string(f"Content-Type: {media_type}\r\n\r\n{body}")
            parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
        except (MessageError, ValueError, LookupError):
            return ""
        plain = [part for part in parts if part.get_content_subtype() == "plain"] or parts
        return "\n".join(_part_text(part) for part in plain)
    return html_to_text(body) if "html" in media_type.lower() else body


def _part_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return html_to_text(text) if part.get_content_subtype() == "html" else text


UNSIGNED = JsonFormat(
    name="vcon",
    title="vCon (IETF conversation container)",
    recognised_by="`parties` with `dialog` or `analysis`",
    taken="text dialogs; transcripts in `analysis` as text with speakers, lists of turns, Deepgram answers or segments; roles of parties",
    not_taken="recordings, further transcripts of the same dialog, quoted mail; one without words is refused, an encrypted one too",
    needs=("parties", "dialog|analysis", "vcon|uuid|created_at"),
    refuses=(("ciphertext", "the vCon is encrypted; decrypt it first"),),
    read=read,
)
SIGNED = JsonFormat(
    name="vcon_signed",
    title="vCon, signed",
    recognised_by="`payload` and `signatures`",
    taken="as for vCon",
    not_taken="the signature is not checked",
    needs=("payload", "signatures|signature"),
    read=read_signed,
)
