"""Whatever comes in: transcripts or one of our errors, and every transcript keeps the records' promises. See also `test_fuzz`."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.ingest import read_bytes
from cs_nlp.records import Role, Turn
from tests.ingest.promises import check


@given(st.binary(max_size=3000))
def test_any_bytes_give_transcripts_or_our_errors(data: bytes) -> None:
    check(list(read_bytes(data, "x")))


@given(st.text(max_size=3000))
def test_any_text_gives_transcripts_or_our_errors(text: str) -> None:
    check(list(read_bytes(text.encode("utf-8", "surrogatepass"), "x")))


WORDS = (
    st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters=":\uff1a"), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
TURNS = st.lists(
    st.builds(
        Turn,
        index=st.just(0),
        role=st.sampled_from(Role),
        text=WORDS,
        speaker=st.none() | st.sampled_from(["Ann", "Bo", "spk_0"]),
        start_s=st.none() | st.floats(0, 1e5).map(lambda value: round(value, 3)),
    ),
    min_size=1,
    max_size=6,
)


@given(TURNS)
def test_what_we_write_as_json_lines_is_read_back(turns: list[Turn]) -> None:
    rows = [
        {
            "transcript_id": "t",
            "turn": place,
            "role": turn.role.value,
            "speaker": turn.speaker,
            "text": turn.text,
            "start_s": turn.start_s,
            "end_s": None,
        }
        for place, turn in enumerate(turns)
    ]
    (reading,) = read_bytes("\n".join(map(json.dumps, rows)).encode(), "x")
    (transcript,) = reading
    assert reading.error is None
    if not reading.report.doubled:
        assert [(turn.role, turn.text, turn.start_s) for turn in transcript.turns] == [
            (turn.role, turn.text, turn.start_s) for turn in turns
        ]
