"""Guessing who is the agent: only where asked, never against the file, unknown when unsure; and how often it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cs_nlp.ingest import ReadOptions, parse_role_map
from cs_nlp.ingest.detect import LEAST_CONFIDENCE
from tests.ingest.helpers import read, roles
from tools.measure_roles import ROOT, Call, corpus_calls, file_calls, measure

if TYPE_CHECKING:
    from pathlib import Path

CALL = (
    "spk_0: Thank you for calling Fernhill Water, how can I help?\nspk_1: Hi, I'm calling about my bill.\n"
    "spk_0: Let me check your account.\nspk_1: I paid twice.\n"
)
ASKED = ReadOptions(detect_roles=True)


def test_roles_are_guessed_only_where_asked() -> None:
    transcripts, reading = read(CALL)
    assert roles(transcripts[0]) == ["unknown"] * 4
    assert reading.report.role_confidence == {}
    transcripts, reading = read(CALL, options=ASKED)
    assert roles(transcripts[0]) == ["agent", "customer"] * 2
    assert LEAST_CONFIDENCE < reading.report.role_confidence["call"] <= 1
    assert reading.report.unknown_roles == 0


def test_what_the_file_or_the_role_map_says_is_never_overruled() -> None:
    swapped = CALL.replace("spk_0", "Customer").replace("spk_1", "Agent")
    assert roles(read(swapped, options=ASKED)[0][0]) == ["customer", "agent"] * 2
    mapped = ReadOptions(detect_roles=True, role_map=parse_role_map("spk_0=customer"))
    assert roles(read(CALL, options=mapped)[0][0]) == ["customer", "unknown"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "spk_0: Yes.\nspk_1: No.\nspk_0: Maybe.\n",
        CALL + "spk_2: I am here too.\nspk_2: Hello?\n",
        "spk_0: Thank you for calling, how can I help?\nspk_0: Hello?\n",
    ],
)
def test_unsure_calls_and_those_of_other_than_two_speakers_stay_unknown(text: str) -> None:
    assert set(roles(read(text, options=ASKED)[0][0])) == {"unknown"}


def _shares(calls: list[Call]) -> tuple[float, float]:
    """Share of calls with a sure guess, and share of those that are right."""
    found = measure(calls)
    return found.sure / found.calls, found.right / found.sure


def test_sure_guesses_are_right_as_often_as_the_readme_says() -> None:
    covered, right = _shares(corpus_calls())
    assert (covered > 0.6, right > 0.97) == (True, True)
    covered, right = _shares(file_calls(ROOT / "data" / "samples"))
    assert (covered > 0.5, right > 0.96) == (True, True)


@pytest.mark.shared
def test_sure_guesses_are_right_on_shared_samples_whose_roles_are_known(shared_dir: Path) -> None:
    covered, right = _shares(file_calls(shared_dir / "formats"))
    assert covered > 0.8
    assert right > 0.9  # 14 of 15; in the other one the file itself has the company's greeting as the customer's
