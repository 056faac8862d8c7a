from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import pytest

from cs_nlp.redact.addresses import find_addresses
from cs_nlp.redact.dates import find_birth_dates
from cs_nlp.redact.found import Found
from cs_nlp.redact.names import find_names, model_may_help
from cs_nlp.redact.numbers import find_numbers, is_phone, passes_luhn
from cs_nlp.redact.online import find_emails, find_urls

Finder = Callable[[str], Iterable[Found]]
FINDERS: tuple[Finder, ...] = (find_numbers, find_emails, find_urls, find_addresses, find_birth_dates, find_names)


def found(finder: Finder, text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in sorted(finder(text), key=lambda one: one.start)]


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("ring her on 01632 960 441 please", "PHONE", "01632 960 441"),
        ("my cell is five five five oh one four seven", "PHONE", "five five five oh one four seven"),
        (
            "it is plus four four one six three two nine six oh one two three",
            "PHONE",
            "plus four four one six three two nine six oh one two three",
        ),
        ("the account is 8841", "", ""),
        ("the account is 88412", "ACCOUNT", "88412"),
        ("sort code 20-45-77", "ACCOUNT", "20-45-77"),
        ("policy AB/778120/C", "ACCOUNT", "AB/778120/C"),
        ("visa ending 4417", "CARD", "4417"),
        ("last four digits are nine oh two one", "CARD", "nine oh two one"),
        ("4012 8888 8888 1881", "CARD", "4012 8888 8888 1881"),
        ("my social is 457 55 5462", "NATIONAL", "457 55 5462"),
        ("post code please\nm one four b t", "ADDRESS", "m one four b t"),
    ],
)
def test_number_has_the_kind_that_the_words_around_it_give(text: str, kind: str, number: str) -> None:
    assert found(find_numbers, text) == ([(kind, number)] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        "order number 778120993",
        "ticket 0048812 was closed",
        "it cost 12345678 rupees",
        "error four oh four",
        "about three hundred calls",
        "on 14/03/2024 at 10:45",
        "version 14.2.1",
        "nine to five",
        "four one maybe two",
        "eleven eleven fifteen eleven thirty",
    ],
)
def test_orders_amounts_times_and_counts_stay(text: str) -> None:
    assert found(find_numbers, text) == []


def test_check_digits_and_telephone_plans() -> None:
    assert passes_luhn("4012888888881881")
    assert not passes_luhn("4012888888881882")
    assert is_phone("07700900123")
    assert is_phone("+442079460958")
    assert not is_phone("0000000000")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to Ada.Byron+x@mail.example.org.", "Ada.Byron+x@mail.example.org"),
        ("it's a dot byron at example dot org", "a dot byron at example dot org"),
        ("my email is ada byron eighteen fifteen at mail dot co dot uk okay", "ada byron eighteen fifteen at mail dot co dot uk"),
        ("ada (at) example (dot) org", "ada (at) example (dot) org"),
        ("ada underscore b at example.org", "ada underscore b at example.org"),
    ],
)
def test_email_is_found_written_and_spoken(text: str, address: str) -> None:
    assert found(find_emails, text) == [("EMAIL", address)]


@pytest.mark.parametrize("text", ["look at the dot com bubble", "we met at two", "meet me at dot", "a@b", "at 5 dot 30"])
def test_other_uses_of_at_and_dot_are_no_emails(text: str) -> None:
    assert found(find_emails, text) == []


def test_link_goes_only_when_it_carries_an_id() -> None:
    assert found(find_urls, "see https://example.com/u/204417, thanks") == [("URL", "https://example.com/u/204417")]
    assert found(find_urls, "see www.example.com/?token=9f") == [("URL", "www.example.com/?token=9f")]
    assert found(find_urls, "see https://example.com/help and www.example.com.") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("at 9 Elm Grove, Bath BA1 5LR now", "9 Elm Grove, Bath BA1 5LR"),
        ("we live at thirty one station road", "thirty one station road"),
        ("Flat 2, 40 Quay Street, Cork", "Flat 2, 40 Quay Street"),
        ("PO Box 991, Reno, NV 89501", "PO Box 991, Reno, NV 89501"),
        ("Bergstraße 7, 01069 Dresden", "Bergstraße 7, 01069 Dresden"),
        ("it is EH1 1YZ", "EH1 1YZ"),
    ],
)
def test_address_is_found_from_the_number_to_the_post_code(text: str, address: str) -> None:
    assert found(find_addresses, text) == [("ADDRESS", address)] or found(find_addresses, text)[0] == ("ADDRESS", address)


@pytest.mark.parametrize(
    "text", ["a two way street", "it's a ten minute drive", "3 Mobile", "one in the road", "me 1000 times", "2 square meals"]
)
def test_sayings_with_streets_in_them_are_no_addresses(text: str) -> None:
    assert found(find_addresses, text) == []


def test_date_goes_only_when_it_is_one_of_birth() -> None:
    assert found(find_birth_dates, "born on the third of may nineteen eighty") == [("BIRTHDATE", "third of may nineteen eighty")]
    assert found(find_birth_dates, "DOB: 03/05/1980.") == [("BIRTHDATE", "03/05/1980")]
    assert found(find_birth_dates, "delivered on 3 May 1980") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is zbyszko brzoza and i rang", "zbyszko brzoza"),
        ("Mrs Quillfeather rang", "Quillfeather"),
        ("your surname please it's quillfeather", "quillfeather"),
        ("ask priya", "priya"),
        ("this is will speaking", "will"),
        ("@farida can you", "farida"),
        ("it was Imogen's idea", "Imogen"),
        ("spelled q u i l l", "q u i l l"),
    ],
)
def test_name_is_found_by_the_words_around_it_or_the_lists(text: str, name: str) -> None:
    assert ("NAME", name) in found(find_names, text)


@pytest.mark.parametrize(
    "text",
    [
        "will this be fixed by may",
        "mark my words",
        "i'm sorry",
        "this is ridiculous",
        "John Lewis sells it",
        "t as in tom",
        "i miss working there",
        "@channel",
    ],
)
def test_words_firms_and_spelling_aids_are_no_names(text: str) -> None:
    assert found(find_names, text) == []


def test_model_is_asked_only_about_capitals_that_need_explaining() -> None:
    assert model_may_help("it was Quillfeather")
    assert model_may_help("ask Grace")
    assert not model_may_help("Nobody told Imogen, I think")
    assert not model_may_help("all in lower case, quillfeather too")


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "1 ",
        "one ",
        "a@",
        "at ",
        "dot com ",
        "my name is ",
        "1 the ",
        "Flat 1 ",
        "www.",
        "[",
        "\n",
        "é\u0301 ",
        "double ",
        "-",
        "mr ",
    ],
)
def test_finders_take_no_more_than_linear_time(finder: Finder, unit: str) -> None:
    text = (unit * 4_000)[:4_240]  # the longest window that the redactor hands over
    started = time.perf_counter()
    list(finder(text))
    assert time.perf_counter() - started < 5
