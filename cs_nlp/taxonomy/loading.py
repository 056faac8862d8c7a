"""Reads the knowledge from the TOML files beside this module and checks it against the labels."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cs_nlp.errors import TaxonomyError
from cs_nlp.taxonomy.entries import Culture, Driver, Element, Link, System, Target, Taxonomy
from cs_nlp.taxonomy.labels import CULTURES, DRIVERS, SIGNAL_CULTURES, TARGETS, TAXONOMY_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILES: Final = ("cultures.toml", "drivers.toml", "systems.toml")
_SYSTEMS: Final = ("A", "B", "C", "D")

Entry = TypeVar("Entry", Culture, Target, Driver, Link, Element)


@cache
def load_taxonomy() -> Taxonomy:
    """The knowledge that this version of cs_nlp carries; read at the first call, the same object afterwards.

    Raises:
        TaxonomyError: an entry is missing, incomplete, unknown or out of order.
    """
    folder = files("cs_nlp.taxonomy")
    tables: dict[str, Any] = {}
    for name in FILES:
        try:
            tables |= tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise TaxonomyError([f"{name} is not valid TOML: {error}"]) from error
    return build_taxonomy(tables)


def build_taxonomy(tables: Mapping[str, Any]) -> Taxonomy:
    """Make the taxonomy from parsed TOML.

    Args:
        tables: `version`, `cultures`, `targets`, `drivers`, `chain`, `systems` as in the TOML files together.

    Returns:
        The taxonomy, its labels in `labels.py` order.

    Raises:
        TaxonomyError: with every fault found, one a line.
    """
    problems: list[str] = []
    if tables.get("version") != TAXONOMY_VERSION:
        problems.append(f"version is {tables.get('version')!r}, labels.py says {TAXONOMY_VERSION!r}; raise both together")
    cultures = _by_label(Culture, "cultures", tables, CULTURES, problems)
    drivers = _by_label(Driver, "drivers", tables, DRIVERS, problems)
    taxonomy = Taxonomy(
        version=TAXONOMY_VERSION,
        cultures=cultures,
        targets=_by_label(Target, "targets", tables, TARGETS, problems),
        drivers=drivers,
        chain=tuple(link for row in tables.get("chain", ()) if (link := _entry(Link, row, "chain", problems)) is not None),
        systems=_systems(tables.get("systems", {}), drivers, problems),
    )
    problems += _gaps(taxonomy)
    if problems:
        raise TaxonomyError(problems)
    return taxonomy


def _by_label(
    kind: type[Entry], section: str, tables: Mapping[str, Any], labels: Sequence[str], problems: list[str]
) -> Mapping[str, Entry]:
    table = tables.get(section, {})
    if tuple(table) != tuple(labels):
        problems.append(f"[{section}] has {', '.join(table) or 'nothing'}; expected, in this order: {', '.join(labels)}")
    entries = {name: _entry(kind, {"name": name, **row}, f"{section}.{name}", problems) for name, row in table.items()}
    return MappingProxyType({name: entry for name, entry in entries.items() if entry is not None})


def _systems(table: Mapping[str, Any], drivers: Mapping[str, Driver], problems: list[str]) -> Mapping[str, System]:
    if tuple(table) != _SYSTEMS:
        problems.append(f"[systems] has {', '.join(table) or 'nothing'}; expected, in this order: {', '.join(_SYSTEMS)}")
    systems = {}
    for name, row in table.items():
        elements: dict[str, Element] = {}
        for raw in row.get("elements", ()):
            element = _entry(Element, raw, f"systems.{name}.{raw.get('id')}", problems)
            if element is None:
                continue
            if element.id in elements:
                problems.append(f"systems.{name} has {element.id} twice")
            known = tuple(driver.name for driver in drivers.values() if element.id in driver.elements)
            elements[element.id] = replace(element, drivers=known)
        systems[name] = System(
            id=name,
            title=row.get("title", ""),
            summary=row.get("summary", ""),
            elements=MappingProxyType(elements),
            effects=tuple(row.get("effects", ())),
            effects_note=row.get("effects_note", ""),
        )
    return MappingProxyType(systems)


def _entry(kind: type[Entry], row: Mapping[str, Any], place: str, problems: list[str]) -> Entry | None:
    """Make one record from one TOML table, or note what is wrong with it."""
    faults = [f"{place} has an unknown key {key!r}" for key in row if key not in {field.name for field in fields(kind)}]
    values: dict[str, str | tuple[str, ...]] = {}
    for field in fields(kind):
        if field.name not in row:
            if field.default is MISSING:
                faults.append(f"{place} lacks {field.name!r}")
            continue
        value, is_text = row[field.name], field.type == "str"
        items = [value] if is_text else value
        if not isinstance(items, list) or not items or not all(isinstance(item, str) and item.strip() for item in items):
            wanted = "a text" if is_text else "a list of texts, none of them empty"
            faults.append(f"{place}: {field.name!r} must be {wanted}; got {value!r}")
        else:
            values[field.name] = value if is_text else tuple(items)
    problems += faults
    return None if faults else kind(**values)  # type: ignore[arg-type]  # the loop above has checked names and types


def _gaps(taxonomy: Taxonomy) -> list[str]:
    """What well-formed entries still lack: full culture types, and a bridge between elements and drivers in both directions."""
    elements = taxonomy.elements
    optional = [field.name for field in fields(Culture) if field.default is not MISSING]
    problems = [
        f"cultures.{name} lacks {key!r}"
        for name, culture in taxonomy.cultures.items()
        for key in optional
        if name in SIGNAL_CULTURES and not getattr(culture, key)
    ]
    problems += [
        f"drivers.{driver.name} names element {key!r}, which systems.toml does not have"
        for driver in taxonomy.drivers.values()
        for key in driver.elements
        if key not in elements
    ]
    problems += [
        f"systems.{key[0]}: {key} is shown by nothing; name it in a driver's elements or give it look_at"
        for key, element in elements.items()
        if not element.drivers and not element.look_at
    ]
    return problems
