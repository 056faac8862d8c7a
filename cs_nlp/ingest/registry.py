"""All formats. A new one is a module in `readers` and a line here."""

from __future__ import annotations

from typing import Final

from cs_nlp.errors import UnknownFormatError
from cs_nlp.ingest.formats import Format, JsonFormat, TextFormat
from cs_nlp.ingest.readers import (
    captions,
    chats,
    contact_lens,
    genesys,
    google,
    json_lines,
    json_rows,
    plain_text,
    recognisers,
    research,
    slack,
    slack_export,
    tables,
    teams_chat,
    transcribe,
    tweetsumm,
    vcon,
    whisper,
)

FORMATS: Final[tuple[Format, ...]] = (
    contact_lens.VOICE,
    contact_lens.CALL_ANALYTICS,
    transcribe.TRANSCRIBE,
    transcribe.POST_CALL,
    transcribe.BEDROCK,
    google.INSIGHTS,
    google.SPEECH,
    genesys.FORMAT,
    genesys.TWILIO,
    recognisers.DEEPGRAM,
    recognisers.ASSEMBLYAI,
    recognisers.WATSON,
    recognisers.SPEECHMATICS,
    whisper.FORMAT,
    captions.VTT,
    captions.SRT,
    tables.FORMAT,  # before plain text: a call in a cell of a table has labelled lines too
    plain_text.FORMAT,
    json_lines.FORMAT,
    json_rows.FORMAT,
    research.KNOWLEDGE_MINING,
    slack_export.FORMAT,
    slack.MESSAGES,
    teams_chat.FORMAT,
    chats.INTERCOM,
    chats.LIVEPERSON,
    chats.ZENDESK,
    vcon.UNSIGNED,
    vcon.SIGNED,
    research.ABCD,
    tweetsumm.RELEASED,
    tweetsumm.JOINED,
)
JSON_FORMATS: Final = tuple(item for item in FORMATS if isinstance(item, JsonFormat))
TEXT_FORMATS: Final = tuple(item for item in FORMATS if isinstance(item, TextFormat))


def format_named(name: str) -> Format:
    """The format of a name.

    Raises:
        UnknownFormatError: no format has that name.
    """
    for item in FORMATS:
        if item.name == name:
            return item
    raise UnknownFormatError(f"unknown format {name!r}; expected one of {', '.join(item.name for item in FORMATS)}")
