"""Rules that label statements weakly: a TOML file with phrases and spaCy patterns, each voting for a culture, a target or drivers.

    [[rule]]
    name = "they-never-listen"
    culture = "aggressive"                          # and / or target = "customer", drivers = ["customer_commitment-"]
    phrases = ["they never listen", "none of them listen"]
    patterns = [[{ NORM = { IN = ["these", "those"] } }, { NORM = "people" }]]
    unless = ["they never listened to us"]          # silences the rule where it stands
    channel = "team_chat"                           # only there

Phrases match whatever the case, and "don't", "dont" and "do not" are one (spaCy's NORM). Patterns are those of spaCy's Matcher on a
blank English pipeline: token attributes such as NORM, LOWER, TEXT, SHAPE, LIKE_NUM and operators, but no parts of speech. Needs the
extra `label`.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from cs_nlp.errors import InputError, MissingExtraError
from cs_nlp.records import AnnotatedStatement, Channel
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

if TYPE_CHECKING:
    from spacy.language import Language

Fired = NDArray[np.bool_]
Progress = Callable[[int, int], None]

SHIPPED: Final = Path(__file__).resolve().parent / "rules" / "culture-en.toml"
_AT_ONCE: Final = 500
_CURLY: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})


class Rule(BaseModel):
    """One rule of a file; it fires where one of its phrases or patterns is found, and none of `unless`.

    Attributes:
        name: unique in its file.
        culture: what it votes for, or None.
        target: as above.
        drivers: as above, signed.
        phrases: words as they are said.
        patterns: for spaCy's Matcher, each a list of token descriptions.
        unless: phrases that silence it.
        channel: the only channel in which it holds; None for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    culture: str | None = None
    target: str | None = None
    drivers: tuple[str, ...] = ()
    phrases: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    patterns: tuple[Annotated[tuple[dict[str, Any], ...], Field(min_length=1)], ...] = ()
    unless: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    channel: Channel | None = None

    @field_validator("culture", "target", "drivers")
    @classmethod
    def _known(cls, value: Any, info: Any) -> Any:  # noqa: ANN401 - pydantic's way
        known = {"culture": CULTURES, "target": TARGETS, "drivers": SIGNED_DRIVERS}[info.field_name]
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None and one not in known:
                raise ValueError(f"{one!r} is unknown; expected one of {', '.join(known)}")
        return value

    @model_validator(mode="after")
    def _does_something(self) -> Rule:
        if not (self.culture or self.target or self.drivers):
            raise ValueError("it votes for nothing; give it a culture, a target or drivers")
        if not (self.phrases or self.patterns):
            raise ValueError("it looks for nothing; give it phrases or patterns")
        return self


def read_rules(path: Path) -> list[Rule]:
    """The rules of a file, in order.

    Raises:
        InputError: the file can't be read, or rules are wrong; all faults are listed with the names of their rules.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    given = found.pop("rule", [])
    problems = [f"{name!r} is unknown; expected [[rule]] tables only" for name in found]
    if not isinstance(given, list) or not given:
        raise InputError("\n  ".join([f"{path}: no rules in it; expected [[rule]] tables", *problems]))
    rules: list[Rule] = []
    for number, one in enumerate(given, start=1):
        name = f"rule {number}" + (f" ({one['name']})" if isinstance(one, dict) and one.get("name") else "")
        try:
            rules.append(Rule.model_validate(one))
        except ValidationError as error:
            for fault in error.errors():
                place = ".".join(map(str, fault["loc"]))
                problems.append(f"{name}: {place + ': ' if place else ''}{fault['msg'].removeprefix('Value error, ')}")
    names = [rule.name for rule in rules]
    problems += [f"rule {name!r}: the name stands twice" for name in sorted({one for one in names if names.count(one) > 1})]
    if problems:
        raise InputError("\n  ".join([f"{path}: {len(problems)} faults", *problems]))
    return rules


def fire(rules: Sequence[Rule], statements: Sequence[AnnotatedStatement], *, progress: Progress | None = None) -> Fired:
    """Which rules fire where, `(statements, rules)`.

    Args:
        rules: of a file.
        statements: to look at.
        progress: told how many statements of how many are done.

    Raises:
        InputError: spaCy refuses a pattern; the message names the rule.
        MissingExtraError: the extra `label` is not installed.
    """
    if importlib.util.find_spec("spacy") is None:
        raise MissingExtraError("rules", "label")
    import spacy  # noqa: PLC0415 - an extra, and slow to load

    language = spacy.blank("en")
    find = _finder(language, rules)
    allowed = np.array([[rule.channel in (None, channel) for rule in rules] for channel in Channel])
    places = {channel: place for place, channel in enumerate(Channel)}
    fired = np.zeros((len(statements), len(rules)), dtype=np.bool_)
    for row, one in enumerate(statements):
        text = one.text.encode("utf-8", "replace").decode()  # spaCy can't hold half a pair of surrogates
        fired[row, find(text.translate(_CURLY))] = True
        fired[row] &= allowed[places[one.channel]]
        if progress is not None and (row + 1) % _AT_ONCE == 0:
            progress(row + 1, len(statements))
    return fired


def _finder(language: Language, rules: Sequence[Rule]) -> Callable[[str], list[int]]:
    """A function that gives the places of the rules that fire in a text."""
    from spacy.errors import MatchPatternError  # noqa: PLC0415 - an extra
    from spacy.matcher import Matcher, PhraseMatcher  # noqa: PLC0415 - an extra

    words, stops = PhraseMatcher(language.vocab, attr="NORM"), PhraseMatcher(language.vocab, attr="NORM")
    shapes = Matcher(language.vocab, validate=True)
    places = {language.vocab.strings.add(rule.name): place for place, rule in enumerate(rules)}
    for rule in rules:
        words.add(rule.name, [language.make_doc(phrase.translate(_CURLY).lower()) for phrase in rule.phrases])
        stops.add(rule.name, [language.make_doc(phrase.translate(_CURLY).lower()) for phrase in rule.unless])
        if rule.patterns:
            try:
                shapes.add(rule.name, [[dict(token) for token in pattern] for pattern in rule.patterns])
            except (MatchPatternError, ValueError, TypeError, KeyError) as error:
                raise InputError(f"rule {rule.name!r}: spaCy refuses its patterns: {error}") from error

    def found(text: str) -> list[int]:
        lowered = language.make_doc(text.lower())  # "DON'T" is one token, "don't" is two
        keys = {key for key, *_ in words(lowered)}
        keys |= {key for key, *_ in shapes(language.make_doc(text))} if len(shapes) else set()
        silenced = {key for key, *_ in stops(lowered)} if keys else set()
        return [places[key] for key in keys - silenced]

    return found
