"""Slices say where a statement was said and how it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.labelling import read_dataset
from cs_nlp.records import Annotation, Channel, LabelledStatement
from cs_nlp.training.slices import FEWEST, as_recognised, hide_context, medium_of, rows_by_slice, style_of


def statement(
    text: str = "I fixed it.", *, channel: Channel = Channel.CALL, context: str | None = None, **slices: str
) -> LabelledStatement:
    return LabelledStatement(text, context, channel, Annotation("none", None), group="g", slices=slices)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("I told her we'd call back on Monday.", "clean"),
        ("so i told her we'd call back on monday", "asr"),
        ("well it's the seventy-three form", "asr"),
        ("so i told her, and she hung up", "chat"),
        ("I told her and she hung up", "chat"),
        ("they never read it!!", "chat"),
        ("@sam They never read it.", "chat"),
        ("They never read it :)", "chat"),
        ("Customers... they never read it.", "chat"),
        ("Thx I told her lol.", "chat"),
        ("He said: read it.", "clean"),
    ],
)
def test_a_style_is_told_from_the_text(text: str, style: str) -> None:
    assert style_of(text) == style


@pytest.mark.parametrize("name", ["statements.jsonl", "documents.jsonl", "documents_2.jsonl"])
def test_the_told_style_is_mostly_that_of_the_corpus(repo_root: Path, name: str) -> None:
    known = [item for item in read_dataset(repo_root / "data" / "corpus" / name) if "style" in item.slices]
    right = sum(style_of(item.text) == item.slices["style"] for item in known) / len(known)
    assert 0.895 <= right <= 0.965


@pytest.mark.parametrize(
    ("kind", "channel", "medium"),
    [
        ("cs", Channel.CALL, "chat"),
        ("retold", Channel.CALL, "call"),
        ("staffweb", Channel.TEAM_CHAT, "story"),
        ("team_chat", Channel.TEAM_CHAT, "team_chat"),
        ("of-my-own", Channel.CALL, "call"),
        ("", Channel.TEAM_CHAT, "team_chat"),
    ],
)
def test_the_medium_goes_by_kind_then_by_channel(kind: str, channel: Channel, medium: str) -> None:
    assert medium_of(statement(channel=channel, kind=kind)) == medium


def test_a_given_style_goes_before_the_told_one_and_small_slices_are_left_out() -> None:
    given = [statement(style="asr") for _ in range(FEWEST)]
    told = [statement() for _ in range(FEWEST - 1)]
    found = dict(rows_by_slice(given + told))
    assert found["style=asr"].tolist() == list(range(FEWEST))
    assert "style=clean" not in found
    assert set(dict(rows_by_slice([*given, *told, statement()]))) == {"context=no", "medium=call", "style=asr", "style=clean"}


def test_changes_touch_nothing_else() -> None:
    item = statement("No, I won't - it's 5 p.m.!", context="Why NOT?", kind="cs")
    assert hide_context(item) == statement("No, I won't - it's 5 p.m.!", kind="cs")
    assert as_recognised(item) == statement("no i won't - it's 5 p m", context="why not", kind="cs")
    assert as_recognised(statement("?!")) == statement("?!")
