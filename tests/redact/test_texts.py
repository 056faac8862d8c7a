from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.redact.texts import RedactedText, Span, replace


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(st.text(min_size=1, max_size=60))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return text, [Span(start, end, "NAME", f"[NAME_{n}]") for n, (start, end) in enumerate(pairs)]


@given(texts_with_spans())
def test_what_is_not_replaced_keeps_its_characters_at_the_moved_offsets(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    redacted = replace(text, spans)
    for offset, char in enumerate(text):
        if not any(span.start <= offset < span.end for span in spans):
            assert redacted.text[redacted.new_start(offset)] == char
            assert redacted.new_end(offset + 1) == redacted.new_start(offset) + 1


@given(texts_with_spans(), st.data())
def test_a_moved_stretch_holds_every_placeholder_that_it_touches_whole(case: tuple[str, list[Span]], data: st.DataObject) -> None:
    text, spans = case
    redacted = replace(text, spans)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    moved = redacted.text[redacted.new_start(start) : redacted.new_end(end)]

    expected = replace(
        text[_grown(spans, start, end)], [_shifted(span, spans, start, end) for span in spans if span.start < end and start < span.end]
    )
    assert moved == expected.text


def _grown(spans: list[Span], start: int, end: int) -> slice:
    """The stretch with all spans that it touches."""
    touched = [span for span in spans if span.start < end and start < span.end]
    return slice(min([start, *(span.start for span in touched)]), max([end, *(span.end for span in touched)]))


def _shifted(span: Span, spans: list[Span], start: int, end: int) -> Span:
    first = _grown(spans, start, end).start
    return Span(span.start - first, span.end - first, span.kind, span.placeholder)


def test_ends_of_the_text_stay_its_ends() -> None:
    redacted = replace("ask Ada", [Span(4, 7, "NAME", "[NAME_1]")])

    assert redacted == RedactedText("ask [NAME_1]", (Span(4, 7, "NAME", "[NAME_1]"),))
    assert (redacted.new_start(0), redacted.new_end(7)) == (0, len(redacted.text))
    assert (redacted.new_start(5), redacted.new_end(5)) == (4, 12)
