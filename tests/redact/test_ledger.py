from __future__ import annotations

from cs_nlp.redact import Ledger


def test_same_thing_keeps_its_number_and_another_gets_the_next() -> None:
    ledger = Ledger()
    assert ledger.placeholder("PHONE", "07700 900123") == "[PHONE_1]"
    assert ledger.placeholder("PHONE", "07700 900124") == "[PHONE_2]"
    assert ledger.placeholder("PHONE", "07700-900123") == "[PHONE_1]"
    assert ledger.placeholder("CARD", "07700 900123") == "[CARD_1]"


def test_spoken_counts_as_written() -> None:
    ledger = Ledger()
    assert ledger.placeholder("PHONE", "07700 900123") == ledger.placeholder("PHONE", "oh seven seven double oh nine hundred one two three")
    assert ledger.placeholder("EMAIL", "a.byron@example.org") == ledger.placeholder("EMAIL", "a dot byron at example dot org")


def test_part_of_a_name_counts_as_the_name_while_only_one_fits() -> None:
    ledger = Ledger()
    assert ledger.placeholder("NAME", "Sarah") == "[NAME_1]"
    assert ledger.placeholder("NAME", "Sarah Whitcombe") == "[NAME_1]"
    assert ledger.placeholder("NAME", "whitcombe") == "[NAME_1]"
    assert ledger.placeholder("NAME", "Tom Whitcombe") == "[NAME_2]"
    assert ledger.placeholder("NAME", "Whitcombe") == "[NAME_3]"
    assert ledger.placeholder("NAME", "Tom") == "[NAME_2]"


def test_numbers_of_marks_in_the_text_are_not_given_again() -> None:
    ledger = Ledger()
    ledger.reserve("NAME", 3)
    assert ledger.placeholder("NAME", "Ada") == "[NAME_4]"


def test_learnt_names_are_found_in_any_case_but_common_words_and_ids_are_not_learnt() -> None:
    ledger = Ledger(["Zbyszko Will Brzoza", "agent-0f3a", "spk_1", "a.lovelace@brook.example 2"])
    text = "will you ask ZBYSZKO or brzoza, not zbyszkos"
    assert [text[found.start : found.end] for found in ledger.find_known(text)] == ["ZBYSZKO", "brzoza"]
    assert ledger.find_known("the agent spoke of brook") == []
    assert len(ledger.find_known("lovelace")) == 1
