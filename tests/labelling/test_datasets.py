"""Labelled data sets: what is read, and that all bad rows are told at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import DatasetError
from cs_nlp.labelling import read_dataset
from cs_nlp.records import Channel

GOOD = {"text": "they never read the mail", "culture": "aggressive", "target": "customer", "drivers": ["training-"]}


def written(folder: Path, rows: Sequence[object]) -> Path:
    path = folder / "data.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_a_statement_is_read_with_all_its_columns(tmp_path: Path) -> None:
    row = {**GOOD, "context": "where is my refund", "channel": "team_chat", "situation": "s-1", "style": "asr"}
    [found] = read_dataset(written(tmp_path, [row]))
    assert (found.text, found.context, found.channel, found.group) == (row["text"], row["context"], Channel.TEAM_CHAT, "s-1")
    assert (found.gold.culture, found.gold.target, found.gold.drivers) == ("aggressive", "customer", ("training-",))
    assert dict(found.slices) == {"style": "asr", "channel": "team_chat"}


def test_what_a_statement_need_not_have_gets_a_default(tmp_path: Path) -> None:
    [found] = read_dataset(written(tmp_path, [{"text": "right", "culture": "none", "target": None, "drivers": None, "context": ""}]))
    assert (found.context, found.channel, found.gold.target, found.gold.drivers) == (None, Channel.CALL, None, ())


def test_in_a_document_customers_are_context_only(tmp_path: Path) -> None:
    lines = [
        {"speaker": "customer", "text": "it broke again"},
        {"speaker": "staff", "text": "you must have dropped it", "culture": "aggressive", "target": "customer", "drivers": []},
        {"speaker": "staff", "text": "send me a picture", "culture": "none", "target": "other", "drivers": []},
    ]
    found = read_dataset(written(tmp_path, [{"id": "d1", "kind": "call", "lines": lines}]))
    assert [(item.text, item.context) for item in found] == [
        ("you must have dropped it", "it broke again"),
        ("send me a picture", "you must have dropped it"),
    ]
    assert {item.group for item in found} == {"d1"}
    assert {item.channel for item in found} == {Channel.CALL}


@pytest.mark.parametrize("kind", ["team_chat", "story", "review"])
def test_documents_written_among_staff_are_team_chat(tmp_path: Path, kind: str) -> None:
    line = {"speaker": "staff", "text": "morning all", "culture": "none", "target": "team"}
    [found] = read_dataset(written(tmp_path, [{"id": "d2", "kind": kind, "lines": [line]}]))
    assert found.channel is Channel.TEAM_CHAT


def test_rows_without_a_group_stand_alone(tmp_path: Path) -> None:
    found = read_dataset(written(tmp_path, [GOOD, GOOD, {**GOOD, "conversation": "c"}, {**GOOD, "conversation": "c"}]))
    assert len({item.group for item in found}) == 3


def test_a_line_ends_at_a_newline_only(tmp_path: Path) -> None:
    text = "first\u2028second\x85third"
    path = tmp_path / "data.jsonl"
    path.write_bytes((json.dumps({**GOOD, "text": text}, ensure_ascii=False) + "\r\n\r\n" + json.dumps(GOOD)).encode())
    assert [item.text for item in read_dataset(path)] == [text, GOOD["text"]]


def test_all_bad_rows_are_listed_together_with_their_line_numbers(tmp_path: Path) -> None:
    rows = [GOOD, "{broken", {**GOOD, "culture": "angry"}, "", {**GOOD, "drivers": ["pay-"]}, GOOD]
    with pytest.raises(DatasetError) as caught:
        read_dataset(written(tmp_path, rows))
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["line 2", "line 3", "line 5"]
    assert "3 bad row(s)" in str(caught.value)
    assert "passive_aggressive" in caught.value.problems[1]
    assert "'pay-'" in caught.value.problems[2]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ([1], "expected a JSON object"),
        ({**GOOD, "text": "  "}, "'text'"),
        ({**GOOD, "text": 5}, "'text'"),
        ({**GOOD, "context": ["a"]}, "'context'"),
        ({**GOOD, "culture": None}, "'culture'"),
        ({**GOOD, "target": "boss"}, "'target'"),
        ({**GOOD, "channel": "fax"}, "'channel'"),
        ({**GOOD, "drivers": "voice-"}, "'drivers'"),
        ({**GOOD, "drivers": [["voice-"]]}, "'drivers'"),
        ({"lines": "all of them"}, "'lines'"),
        ({"lines": ["hello"]}, "lines[0]"),
        ({"lines": [{"speaker": "agent", "text": "hello", "culture": "none"}]}, "lines[0].speaker"),
        ({"lines": [{"speaker": "customer", "text": 7}]}, "'text'"),
    ],
)
def test_a_bad_row_is_told_with_the_field(tmp_path: Path, row: object, told: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read_dataset(written(tmp_path, [row]))
    [problem] = caught.value.problems
    assert told in problem


def test_a_data_set_without_statements_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no labelled statement"):
        read_dataset(written(tmp_path, [""]))


def test_a_file_that_can_not_be_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "caf\xe9"}')
    for name in ("latin.jsonl", "absent.jsonl"):
        with pytest.raises(DatasetError, match=name):
            read_dataset(tmp_path / name)


_fields = st.sampled_from(["text", "context", "culture", "target", "channel", "drivers", "lines", "speaker", "id", "kind", "style"])
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["none", "staff", "call", "voice-", "customer"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_fields, inner, max_size=5),
    max_leaves=8,
)


@given(row=st.dictionaries(_fields, _values, max_size=6))
def test_no_row_fails_in_another_way_than_as_a_bad_row(tmp_path_factory: pytest.TempPathFactory, row: dict[str, object]) -> None:
    path = written(tmp_path_factory.getbasetemp(), [row])
    try:
        found = read_dataset(path)
    except DatasetError as error:
        assert error.problems  # noqa: PT017 - either way is right, and both are looked at
    else:
        assert all(item.text.strip() for item in found)
