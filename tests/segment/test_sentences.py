from __future__ import annotations

import pytest

from cs_nlp.segment import split_turn


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split_turn(text)]


@pytest.mark.parametrize(
    "statements",
    [
        ["I've put Mr. Okafor through to Dr. Lund.", "She rang back at 5 p.m. on the dot."],
        ["It came to $3.50, i.e. less than before.", "We refunded all of it."],
        ["Can you read the number to me?", "I'll wait while you look!", "Take your time with it."],
        ["What did they tell you?!", "That is not what we sell."],
        ["We always open at 9 a.m.", "The queue forms before that."],
        ["Go to www.Example.com/Help.Html and log in.", "Then choose your plan."],
        ["Please write to care@example.com.", "Ask for J. Doe there."],
        ["We moved you to plan B.", "It costs the same as before."],
        ["Well... I suppose we could try that again.", "Let me see what it does."],
        ["We looked for it everywhere...", "Nobody could find it."],
        ['She said "it never works." and hung up.', "I wrote it all down."],
        ['"Why would you do that?" she asked me twice.', "I had no answer."],
        ["My size is no. 5 and we had none (really?) in stock.", "They come on Monday."],
        ["no bother at all mate.", "give me two mins", "the system is slow as ever today"],
        ["It is done now. 🙂", "Anything else I can do?"],
        ["I told her the truth; she took it well: no shouting.", "That was all."],
    ],
)
def test_statements_end_where_a_reader_sees_a_sentence_end(statements: list[str]) -> None:
    separators = ["\n" if piece == "give me two mins" else " " for piece in statements]
    text = "".join(piece + separator for piece, separator in zip(statements, separators, strict=True))
    assert cut(text) == statements


def test_sentences_without_a_space_between_are_cut() -> None:
    assert cut("We fixed it for you.Then he rang again.") == ["We fixed it for you.", "Then he rang again."]
    assert cut("我会马上处理。请您稍等。") == ["我会马上处理。请您稍等。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes. Right. I'll look at that for you.", ["Yes. Right. I'll look at that for you."]),
        ("I'll look at that for you. Thanks.", ["I'll look at that for you. Thanks."]),
        ("No. Stop asking.", ["No. Stop asking."]),
        ("Okay.", ["Okay."]),
        ("Hi Ann,\n\nThanks for the photo.\nBest\nJo", ["Hi Ann,\n\nThanks for the photo.\nBest\nJo"]),
    ],
)
def test_fragments_of_one_or_two_words_join_their_neighbour(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_wrapped_line_of_a_mail_is_not_cut_and_a_chat_line_is() -> None:
    mail = "I have looked at your account again this morning and found that the\nsecond payment was ours to return."
    assert cut(mail) == [mail]
    assert cut("she rang again today\nno idea what she wants") == ["she rang again today", "no idea what she wants"]
    assert cut("we still need two things\n- the signed form\n- a copy of the bill") == [
        "we still need two things",
        "- the signed form",
        "- a copy of the bill",
    ]
