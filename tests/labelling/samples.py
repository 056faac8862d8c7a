"""Annotated statements for tests, and how hypothesis makes them."""

from __future__ import annotations

from types import MappingProxyType

from hypothesis import strategies as st

from cs_nlp.labelling.annotations import GOLD
from cs_nlp.records import AnnotatedStatement, Annotation, Channel
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

_KNOWN = {
    *(
        "id",
        "text",
        "context",
        "channel",
        "annotator",
        "annotations",
        "annotators",
        "culture",
        "target",
        "drivers",
        "lines",
        "probabilities",
    ),
    *("label", "Comments", "cs_nlp"),
}


def said(number: int, *labels: tuple[str, str], gold: str | None = None, group: str = "", text: str = "") -> AnnotatedStatement:
    """A statement with (annotator, culture) labels."""
    return AnnotatedStatement(
        id=f"s{number}",
        text=text or f"words {number}",
        context=None,
        channel=Channel.CALL,
        annotations=tuple(Annotation(culture, None, (), who) for who, culture in labels),
        gold=None if gold is None else Annotation(gold, None),
        facts=MappingProxyType({"conversation": group} if group else {}),
    )


def _label(annotator: str | None) -> st.SearchStrategy[Annotation]:
    return st.builds(
        Annotation,
        culture=st.sampled_from(CULTURES),
        target=st.none() | st.sampled_from(TARGETS),
        drivers=st.lists(st.sampled_from(SIGNED_DRIVERS), unique=True, max_size=3).map(tuple),
        annotator=st.just(annotator),
    )


_character = st.characters() | st.characters(categories=["Cs"])  # and halves of pairs, as broken emoji leave
_words = st.text(_character, min_size=1, max_size=30).filter(str.strip)
_names = st.text(min_size=1, max_size=20).filter(lambda name: name.strip() and name.isprintable() and name != GOLD)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
_facts = st.dictionaries(st.text(min_size=1, max_size=8).filter(lambda name: name not in _KNOWN), _values, max_size=3)


@st.composite
def annotated(draw: st.DrawFn, number: int = 0) -> AnnotatedStatement:
    """Any statement of an annotation file."""
    names = draw(st.lists(_names, unique=True, max_size=3))
    return AnnotatedStatement(
        id=f"s{number}" + draw(st.text(max_size=4)),
        text=draw(_words),
        context=draw(st.none() | _words),
        channel=draw(st.sampled_from(list(Channel))),
        annotations=tuple(draw(_label(name)) for name in names),
        gold=draw(st.none() | _label(None)),
        facts=MappingProxyType(draw(_facts)),
    )


@st.composite
def annotation_files(draw: st.DrawFn) -> list[AnnotatedStatement]:
    """All statements of a file, one or more."""
    return [draw(annotated(number)) for number in range(draw(st.integers(1, 4)))]
