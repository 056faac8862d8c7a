"""WebVTT and SAMPLES["srt"]: who speaks, what is joined, and times in every state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.ingest.intake import Intake
from cs_nlp.ingest.options import ReadOptions
from cs_nlp.ingest.readers.captions import _cues, _standard_cues
from tests.ingest.helpers import fault, read, read_one, roles, said
from tests.ingest.samples import AGENT_SAYS, CUSTOMER_SAYS, SAMPLES


def _vtt(*cues: str) -> str:
    return "WEBVTT\n\n" + "\n\n".join(f"00:00:0{place}.000 --> 00:00:0{place}.900\n{cue}" for place, cue in enumerate(cues)) + "\n"


def test_teams_voice_tags_name_speakers_commas_and_entities_included() -> None:
    transcript = read_one(SAMPLES["webvtt"])
    assert said(transcript) == [("unknown", "Berg, Ida", AGENT_SAYS), ("unknown", "Wren & Co", CUSTOMER_SAYS)]
    assert [(turn.start_s, turn.end_s) for turn in transcript.turns] == [(1.0, 3.5), (3.6, 6.0)]


def test_zoom_prefixes_name_speakers_and_cues_without_one_go_on() -> None:
    transcript = read_one(SAMPLES["webvtt-zoom"])
    assert said(transcript) == [
        ("unknown", "Ida Berg", "Good morning, how can I help?"),
        ("unknown", "Wren (SL)", "My meter was read twice."),
        ("unknown", "Wren (SL)", "And I paid both."),
    ]
    assert (transcript.turns[0].start_s, transcript.turns[0].end_s) == (1.0, 5.0)


def test_srt_carries_the_speaker_on_and_keeps_paragraphs_of_a_cue() -> None:
    transcript = read_one(SAMPLES["srt"], role_map="ida=agent")
    assert said(transcript) == [
        ("agent", "Ida", "Good morning."),
        ("unknown", "Wren", "My meter was read twice. And I paid both."),
        ("unknown", "Wren", "Nobody told me."),
    ]


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("<v Ida>one line</v>", [("Ida", "one line")]),
        ("<v Ida>no end tag", [("Ida", "no end tag")]),
        ("<v.first.loud Ida Berg>classed</v>", [("Ida Berg", "classed")]),
        ("<v Ida>wrapped\nover lines</v>", [("Ida", "wrapped over lines")]),
        ("<v Bj&ouml;rn>decoded</v>", [("Björn", "decoded")]),
        ("no span", [(None, "no span")]),
        ("<v Ida>keep &lt;v Wren&gt; as words</v>", [("Ida", "keep <v Wren> as words")]),
        ("<v Ida>\nabove the words", [("Ida", "above the words")]),
        ("<v Ida>two</v>\n<v Wren>voices</v>", [("Ida", "two"), ("Wren", "voices")]),
        ("<v Ida>open <v Wren>and over", [("Ida", "open"), ("Wren", "and over")]),
        ("<v 7>Newsreader:</v> good evening", [("Newsreader", "good evening")]),
        ("<v Ida><i>soft</i> <c.red>red</c> <00:00:00.500>timed</v>", [("Ida", "soft red timed")]),
        ("<v 8:orgid:1a2b@3c4d>words</v>", [("8:orgid:1a2b@3c4d", "words")]),
        ("<v Ida>before</v> after", [("Ida", "before"), (None, "after")]),
        ("I <3 it & more", [(None, "I <3 it & more")]),
    ],
)
def test_voice_tags_in_every_state(cue: str, expected: list[tuple[str | None, str]]) -> None:
    assert [(turn.speaker, turn.text) for turn in read_one(_vtt(cue)).turns] == expected


def test_a_voice_is_never_carried_over_to_a_cue_without_one() -> None:
    assert [turn.speaker for turn in read_one(_vtt("<v Ida>Hello.</v>", "who is this")).turns] == ["Ida", None]


def test_old_headers_crlf_and_unpadded_times_are_read() -> None:
    transcript = read_one("WebVTT - old\r\n\r\nNOTE duration: 3\r\n\r\n0:0:3.490 --> 0:0:5.1\r\n<v a@b>Hello.</v>\r\n")
    assert [(turn.speaker, turn.start_s, turn.end_s, turn.text) for turn in transcript.turns] == [("a@b", 3.49, 5.1, "Hello.")]


def test_cue_identifiers_may_be_anything_and_are_no_words() -> None:
    text = "WEBVTT\n\nintro\n00:01.000 --> 00:02.000\nFirst.\n\nsome id: 7\n00:03.000 --> 00:04.000\nSecond.\n"
    assert [turn.text for turn in read_one(text).turns] == ["First.", "Second."]


def test_cues_without_blank_lines_between_them_are_told_apart() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nFirst.\n2\n00:00:03,000 --> 00:00:04,000\nSecond.\n"
    assert [turn.text for turn in read_one(text).turns] == ["First.", "Second."]


def test_notes_and_styles_are_left_out_and_stray_words_counted() -> None:
    text = _vtt("Hello.") + "\nNOTE\nnothing\n\nSTYLE\n::cue {}\n\nstray words\n"
    transcripts, reading = read(text)
    assert [turn.text for turn in transcripts[0].turns] == ["Hello."]
    assert reading.report.skipped["text outside cues"] == 1


def test_missing_end_times_are_read_with_a_warning() -> None:
    transcripts, reading = read("WEBVTT\n\n00:00:01.000 --  \nHello.\n\n00:00:04.000 -->\nBye.\n")
    assert [(turn.start_s, turn.end_s, turn.text) for turn in transcripts[0].turns] == [(1.0, None, "Hello."), (4.0, None, "Bye.")]
    assert "no end time" in reading.report.warnings[0]


def test_words_with_colons_are_no_speakers() -> None:
    transcript = read_one(_vtt("<v Ida>Note: bring the form.</v>", "<v Ida>At 10:30 then.</v>"))
    assert [turn.text for turn in transcript.turns] == ["Note: bring the form.", "At 10:30 then."]
    untagged = read_one(_vtt("So the thing is: it broke.", "I called at 10:30.", "See https://example.com", "Then it was fine."))
    assert {turn.speaker for turn in untagged.turns} == {None}


def test_sentences_are_not_joined_over_a_pause_or_another_speaker() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A B>and then\n\n00:09.000 --> 00:10.000\n<v A B>we\n\n00:10.100 --> 00:11.000\n<v C D>left\n"
    )
    assert [turn.text for turn in read_one(text).turns] == ["and then", "we", "left"]


def test_cues_without_speakers_are_read_with_role_unknown_unless_a_map_says() -> None:
    text = _vtt("Hello.", "Hi.")
    assert roles(read_one(text)) == ["unknown", "unknown"]
    assert roles(read_one(text, role_map="*=agent")) == ["agent", "agent"]


def test_a_file_without_cues_is_refused() -> None:
    assert "holds no cues" in fault("WEBVTT\n\n")
    assert "holds no turns (left out: empty 1" in fault("WEBVTT\n\n00:01.000 --> 00:02.000\n\n")


_LINES = st.sampled_from(
    [
        *("Ida: Hello.", "<v Ida>Hi</v>", "and we -- well", "12", "NOTE x", "00:00:09.000 --> 00:00:10.000", "00:00:09.000 --", "-->", " "),
        *("Wren (SL): my meter", "x" * 90, "\u2028", "a &amp; b", "[00:01] Bo: hi", "**Bo:** hi", "and: 10:30", "WEBVTT"),
    ]
)
_TIMES = st.integers(0, 10**7).map(lambda ms: f"{ms // 3600000:02d}:{ms // 60000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}")
_BLOCKS = st.builds(
    lambda identifier, begin, end, setting, lines: f"{identifier}{begin} --> {end}{setting}\n" + "\n".join(lines),
    st.sampled_from(["", "", "7\n", "intro\n", "a\nb\n", "00:00:01.000 --> x\n"]),
    _TIMES,
    _TIMES,
    st.sampled_from(["", "", " align:left"]),
    st.lists(_LINES, min_size=1, max_size=3),
)


@given(
    st.sampled_from(["WEBVTT\n\n", "WEBVTT\n", "WEBVTT\nNOTE x\n\n", "\n\n", ""]),
    st.lists(_BLOCKS, max_size=6),
    st.sampled_from(["\n\n", "\n\n\n"]),
    st.booleans(),
)
def test_the_quick_way_through_a_file_of_plain_cues_finds_what_the_thorough_one_finds(
    head: str, blocks: list[str], between: str, is_vtt: bool
) -> None:
    text = head + between.join(blocks) + "\n"
    quick = _standard_cues(text, is_vtt=is_vtt)
    thorough = list(_cues(text, Intake("x", "x", ReadOptions()), is_vtt=is_vtt))
    if quick:
        assert [(words.strip(), *times) for words, *times in quick] == [(words.strip(), *times) for words, *times in thorough]


def test_a_file_of_plain_cues_takes_the_quick_way() -> None:
    assert len(_standard_cues(SAMPLES["webvtt-zoom"], is_vtt=True)) == 4
    assert len(_standard_cues("1\n00:00:01,000 --> 00:00:02,000\nIda: One.\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo.", is_vtt=False)) == 2
