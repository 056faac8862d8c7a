"""Records of what is known of each label, and of the practitioners' systems that the labels stand on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Culture:
    """A culture type, told to a team leader.

    Texts and lists that make no sense where there is no stance (belief, norms, coaching, ...) are empty for `none`.

    Attributes:
        name: the label, one of `CULTURES`; `title`: the same for people.
        summary: what it is, in a sentence or two.
        question: who is the problem, in the team's eyes.
        belief, attitude, norms: the chain that leads to behaviour.
        behaviour: toward customers, as the culture predicts it.
        customers_get: the kind of service that comes of it.
        training: what it does to training and coaching.
        newcomers: what a newcomer learns within days.
        shows: where and how it is seen.
        phrases: typical words.
        wanted_belief: the belief to build in its place.
        coaching: what to do about it, each a concrete action.
        makes_it_worse: what to leave.
    """

    name: str
    title: str
    summary: str
    shows: tuple[str, ...]
    phrases: tuple[str, ...]
    question: str = ""
    belief: str = ""
    attitude: str = ""
    norms: tuple[str, ...] = ()
    behaviour: tuple[str, ...] = ()
    customers_get: str = ""
    training: str = ""
    newcomers: str = ""
    wanted_belief: str = ""
    coaching: tuple[str, ...] = ()
    makes_it_worse: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a stance is about: the label, its title, its definition and examples."""

    name: str
    title: str
    definition: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """Something in the organisation that feeds or starves a service culture.

    Attributes:
        name: the label, one of `DRIVERS`; `title`: the same for people.
        summary: what it is.
        present: what `+` means; `missing`: what `-` means.
        elements: ids of the elements of the systems that it stands for.
        heard_present, heard_missing: how staff put it.
        when_missing: what to do where it is missing.
        when_present: how to keep it.
    """

    name: str
    title: str
    summary: str
    present: str
    missing: str
    elements: tuple[str, ...]
    heard_present: tuple[str, ...]
    heard_missing: tuple[str, ...]
    when_missing: tuple[str, ...]
    when_present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain from belief to behaviour."""

    name: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a system.

    Attributes:
        id: system and place in it, as `B3`.
        kind: principle, structure, foundation, strengthening or practice.
        title: in a few words; `text`: in a sentence or two.
        look_at: what in the results shows it; "" where only drivers do.
        drivers: the drivers that stand for it, in `DRIVERS` order.
    """

    id: str
    kind: str
    title: str
    text: str
    look_at: str = ""
    drivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """One body of practitioners' knowledge.

    Attributes:
        id: A to D; `title` and `summary`: what it says as a whole.
        elements: by id, in order.
        effects: what practitioners claim that it brings; `effects_note`: how far to trust that.
    """

    id: str
    title: str
    summary: str
    elements: Mapping[str, Element]
    effects: tuple[str, ...] = ()
    effects_note: str = ""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All that cs_nlp knows of service culture; each mapping is in the order of `labels.py` or of the source.

    Attributes:
        version: `TAXONOMY_VERSION`.
        cultures, targets, drivers: by label.
        chain: from belief to behaviour.
        systems: A to D.
    """

    version: str
    cultures: Mapping[str, Culture]
    targets: Mapping[str, Target]
    drivers: Mapping[str, Driver]
    chain: tuple[Link, ...]
    systems: Mapping[str, System]

    @property
    def elements(self) -> dict[str, Element]:
        """Every element of every system, by id."""
        return {key: element for system in self.systems.values() for key, element in system.elements.items()}

    @property
    def foundations(self) -> dict[str, Element]:
        """The eleven elements of the foundation of a service culture, by id (`B1` to `B11`)."""
        return {key: element for key, element in self.elements.items() if element.kind == "foundation"}

    def to_dict(self) -> dict[str, object]:
        """The taxonomy as plain dicts, lists and strings, for JSON; same names, same order.

        Returns:
            `version`, `cultures`, `targets`, `drivers`, `chain` and `systems`, whose `elements` are dicts by id.
        """
        return {
            "version": self.version,
            "cultures": {name: asdict(entry) for name, entry in self.cultures.items()},
            "targets": {name: asdict(entry) for name, entry in self.targets.items()},
            "drivers": {name: asdict(entry) for name, entry in self.drivers.items()},
            "chain": [asdict(link) for link in self.chain],
            "systems": {
                name: {
                    "id": system.id,
                    "title": system.title,
                    "summary": system.summary,
                    "elements": {key: asdict(element) for key, element in system.elements.items()},
                    "effects": list(system.effects),
                    "effects_note": system.effects_note,
                }
                for name, system in self.systems.items()
            },
        }
