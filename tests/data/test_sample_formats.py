"""The writers of sample files keep time and keep labels and ids steady."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tools.sample_formats import Sample, contact_id, contact_lens, teams_vtt, timed

SPOKEN = st.lists(st.tuples(st.sampled_from([None, "Ida", "Jon"]), st.text(st.characters(codec="ascii"), min_size=1)), min_size=1)


@given(kind=st.sampled_from(["call", "chat", "team_chat"]), spoken=SPOKEN)
def test_lines_take_time_and_never_overlap(kind: str, spoken: list[tuple[str | None, str]]) -> None:
    lines = timed(kind, spoken)
    assert [(line.name, line.text) for line in lines] == spoken
    assert all(line.begin_ms < line.end_ms for line in lines)
    assert all(before.end_ms < after.begin_ms for before, after in itertools.pairwise(lines))


def test_one_speaker_pauses_longer_between_turns_than_a_reader_joins_captions() -> None:
    first, second = timed("call", [("Ida", "hold on"), ("Ida", "here it is")])
    assert second.begin_ms - first.end_ms > 2000


def _sample(name: str) -> Sample:
    return Sample(name, "team", "call", datetime(2026, 6, 1, 9, tzinfo=UTC), ("Ida",), timed("call", [("Ida", "a < b & c"), (None, "yes")]))


def test_contacts_have_ids_of_their_own_that_stay() -> None:
    assert contact_id(_sample("x-01")) == contact_id(_sample("x-01"))
    assert contact_id(_sample("x-01")) != contact_id(_sample("x-02"))
    assert len(contact_lens([_sample("x-01"), _sample("x-02")])) == 2


def test_captions_escape_what_would_be_a_tag() -> None:
    (text,) = teams_vtt([_sample("x-01")]).values()
    assert "<v Ida>a &lt; b &amp; c</v>" in text
    assert "<v +1 401-555-0100>yes</v>" in text
