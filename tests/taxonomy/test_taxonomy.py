"""The knowledge is complete, fits the labels, and says clearly what is wrong when someone edits it badly."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from cs_nlp.errors import TaxonomyError
from cs_nlp.taxonomy import CULTURES, DRIVERS, SIGNAL_CULTURES, SIGNED_DRIVERS, TARGETS, TAXONOMY_VERSION, load_taxonomy
from cs_nlp.taxonomy.loading import FILES, build_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """The TOML files together, as shipped."""
    found: dict[str, Any] = {}
    for name in FILES:
        found |= tomllib.loads(files("cs_nlp.taxonomy").joinpath(name).read_text(encoding="utf-8"))
    return found


def test_entries_stand_in_label_order() -> None:
    taxonomy = load_taxonomy()
    assert taxonomy.version == TAXONOMY_VERSION
    assert tuple(taxonomy.cultures) == CULTURES
    assert tuple(taxonomy.targets) == TARGETS
    assert tuple(taxonomy.drivers) == DRIVERS


def test_signed_drivers_pair_plus_and_minus_in_driver_order() -> None:
    assert SIGNED_DRIVERS[:2] == ("purpose+", "purpose-")
    assert [driver[:-1] for driver in SIGNED_DRIVERS[::2]] == list(DRIVERS)
    assert len(set(SIGNED_DRIVERS)) == 2 * len(DRIVERS)


@pytest.mark.parametrize("name", SIGNAL_CULTURES)
def test_each_culture_type_says_what_to_expect_and_what_to_do(name: str) -> None:
    culture = load_taxonomy().cultures[name]
    assert culture.belief
    assert culture.attitude
    assert culture.norms
    assert culture.behaviour
    assert culture.training
    assert culture.newcomers
    assert culture.wanted_belief
    assert len(culture.coaching) >= 5
    assert len(set(culture.coaching)) == len(culture.coaching)


def test_the_three_poor_types_each_lead_to_poor_service_in_their_own_way() -> None:
    cultures = load_taxonomy().cultures
    ways = {name: cultures[name].customers_get for name in ("aggressive", "passive_aggressive", "submissive")}
    assert all(way.startswith("Poor service by ") for way in ways.values())
    assert len({way.split(":")[0] for way in ways.values()}) == 3


def test_none_is_described_and_asks_for_nothing() -> None:
    none = load_taxonomy().cultures["none"]
    assert none.summary
    assert none.shows
    assert not none.belief
    assert not none.coaching


def test_the_chain_runs_from_belief_to_behaviour() -> None:
    assert [link.name for link in load_taxonomy().chain] == ["belief", "attitude", "norm", "behaviour"]


def test_all_four_systems_are_there_with_their_elements() -> None:
    taxonomy = load_taxonomy()
    assert tuple(taxonomy.systems) == ("A", "B", "C", "D")
    assert list(taxonomy.foundations) == [f"B{number}" for number in range(1, 12)]
    assert list(taxonomy.systems["C"].elements) == [f"C{number}" for number in range(1, 10)]
    assert [element.kind for element in taxonomy.systems["D"].elements.values()] == ["practice"] * 5
    assert len(taxonomy.systems["C"].effects) == 5


def test_every_element_is_shown_by_a_driver_or_by_something_to_look_at() -> None:
    assert [key for key, element in load_taxonomy().elements.items() if not element.drivers and not element.look_at] == []


# The mapping that the field's sources were given when the drivers were chosen.
MAPPING = {
    "purpose": {"B1", "D1", "D2"},
    "product_pride": {"B2"},
    "learning_from_mistakes": {"B3"},
    "collaboration": {"B4", "C7"},
    "leadership": {"B5", "C1", "D1"},
    "customer_commitment": {"B6"},
    "clear_expectations": {"B7", "C6", "D4"},
    "training": {"B8", "C2"},
    "keeping_promises": {"B9", "B10"},
    "voice": {"B11", "C4"},
    "empowerment": {"C3", "D5"},
    "recognition": {"C5", "D3"},
    "evaluation": {"C8"},
}


@pytest.mark.parametrize("name", DRIVERS)
def test_each_driver_stands_for_its_elements_and_they_know_it(name: str) -> None:
    taxonomy = load_taxonomy()
    assert set(taxonomy.drivers[name].elements) == MAPPING[name]
    assert {key for key, element in taxonomy.elements.items() if name in element.drivers} == MAPPING[name]


def test_the_taxonomy_survives_json() -> None:
    taxonomy = load_taxonomy()
    plain = json.loads(json.dumps(taxonomy.to_dict()))
    assert list(plain["cultures"]) == list(CULTURES)
    assert plain["drivers"]["voice"]["missing"] == taxonomy.drivers["voice"].missing
    assert plain["systems"]["B"]["elements"]["B11"]["drivers"] == ["voice"]


def test_loading_twice_gives_the_same_object() -> None:
    assert load_taxonomy() is load_taxonomy()


def test_importing_the_labels_reads_no_file() -> None:
    code = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None); "
        "import cs_nlp.taxonomy; print([name for name in opened if name.endswith('.toml')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def _rename_culture(tables: dict[str, Any]) -> None:
    tables["cultures"] = {("angry" if name == "aggressive" else name): row for name, row in tables["cultures"].items()}


def _swap_targets(tables: dict[str, Any]) -> None:
    tables["targets"] = dict(reversed(tables["targets"].items()))


def _raise_version(tables: dict[str, Any]) -> None:
    tables["version"] = "9.0.0"


def _drop_belief(tables: dict[str, Any]) -> None:
    del tables["cultures"]["submissive"]["belief"]


def _text_for_list(tables: dict[str, Any]) -> None:
    tables["drivers"]["voice"]["when_missing"] = "listen more"


def _misspell_key(tables: dict[str, Any]) -> None:
    tables["drivers"]["voice"]["presnt"] = tables["drivers"]["voice"].pop("present")


def _unknown_element(tables: dict[str, Any]) -> None:
    tables["drivers"]["training"]["elements"] = ["B8", "B12"]


def _orphan_element(tables: dict[str, Any]) -> None:
    tables["drivers"]["evaluation"]["elements"] = ["C2"]


def _double_element(tables: dict[str, Any]) -> None:
    tables["systems"]["A"]["elements"].append(tables["systems"]["A"]["elements"][0])


def _drop_system(tables: dict[str, Any]) -> None:
    del tables["systems"]["D"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_rename_culture, "[cultures] has angry, passive_aggressive"),
        (_swap_targets, "[targets] has other, self"),
        (_raise_version, "version is '9.0.0', labels.py says"),
        (_drop_belief, "cultures.submissive lacks 'belief'"),
        (_text_for_list, "drivers.voice: 'when_missing' must be a list of texts"),
        (_misspell_key, "drivers.voice has an unknown key 'presnt'"),
        (_unknown_element, "drivers.training names element 'B12'"),
        (_orphan_element, "C8 is shown by nothing"),
        (_double_element, "systems.A has A1 twice"),
        (_drop_system, "[systems] has A, B, C; expected"),
    ],
)
def test_a_wrong_edit_is_refused_and_named(tables: dict[str, Any], damage: Callable[[dict[str, Any]], None], message: str) -> None:
    broken = copy.deepcopy(tables)
    damage(broken)
    with pytest.raises(TaxonomyError) as caught:
        build_taxonomy(broken)
    assert message in str(caught.value)


def test_all_faults_are_reported_together(tables: dict[str, Any]) -> None:
    broken = copy.deepcopy(tables)
    _raise_version(broken)
    _drop_belief(broken)
    with pytest.raises(TaxonomyError) as caught:
        build_taxonomy(broken)
    assert len(caught.value.problems) == 2
