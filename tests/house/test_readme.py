"""The README does not go stale: its blocks run, its output shapes are real, its tables are complete."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main

from cs_nlp.cli import app
from cs_nlp.ingest import FORMATS
from cs_nlp.settings import Settings
from cs_nlp.training.recipe import Recipe
from tests.house.readme import README, Block, lay_out, read_blocks, run_block
from tests.house.sources import ROOT

BLOCKS = read_blocks()
Run = Callable[[int], subprocess.CompletedProcess[str]]
CHECKED = ("bash", "python", "json", "toml")


def _named(*languages: str) -> list[object]:
    return [pytest.param(i, id=f"line-{block.line}") for i, block in enumerate(BLOCKS) if block.language in languages and not block.reason]


def _keys(value: object) -> object:
    """The shape of a JSON value: keys of objects, nested; lists by their first item."""
    if isinstance(value, dict):
        return {key: _keys(item) for key, item in value.items()}
    return [_keys(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else "value"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a block by its number, each once, all in one folder; a service that was started is ended."""
    folder = lay_out(tmp_path_factory.mktemp("readme"))
    yield functools.cache(lambda i: run_block(BLOCKS[i], folder))
    started = folder / "service.pid"
    if started.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(started.read_text()), signal.SIGTERM)


@pytest.mark.parametrize("i", _named("bash", "python"))
def test_block_runs(i: int, run: Run) -> None:
    done = run(i)

    assert done.returncode == 0, f"README.md line {BLOCKS[i].line}:\n{BLOCKS[i].text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("i", _named("json"))
def test_json_shown_has_the_shape_of_what_the_command_above_prints(i: int, run: Run) -> None:
    command = max(k for k in range(i) if BLOCKS[k].language == "bash")

    printed = json.JSONDecoder().raw_decode(run(command).stdout.lstrip())[0]

    assert _keys(json.loads(BLOCKS[i].text)) == _keys(printed)


@pytest.mark.parametrize("i", _named("toml"))
def test_recipe_shown_is_a_recipe(i: int) -> None:
    assert Recipe.model_validate(tomllib.loads(BLOCKS[i].text)).name


def test_blocks_say_what_they_are() -> None:
    assert [block.line for block in BLOCKS if block.language not in (*CHECKED, "text")] == []


def test_make_targets_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf8"), re.MULTILINE))

    named = re.findall(r"(?:`|^)make ([a-z-]+)", README.read_text(encoding="utf8"), re.MULTILINE)

    assert set(named) - targets == set()


def test_each_setting_stands_in_the_table() -> None:
    documented = set(re.findall(r"^\| `(CS_NLP_\w+)` \|", README.read_text(encoding="utf8"), re.MULTILINE))

    assert documented == {f"CS_NLP_{name.upper()}" for name in Settings.model_fields}


def test_each_format_stands_in_the_table_with_what_is_taken_and_what_is_not() -> None:
    section = README.read_text(encoding="utf8").split("\n## Formats\n")[1].split("\n## ")[0]

    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", section, re.MULTILINE)

    assert rows == [(each.name, each.title, each.taken, each.not_taken) for each in FORMATS]


def test_each_command_has_its_section() -> None:
    documented = set(re.findall(r"^### `cs-nlp ([a-z-]+)", README.read_text(encoding="utf8"), re.MULTILINE))
    command = typer.main.get_command(app)

    assert documented == set(getattr(command, "commands", {}))


def test_links_into_the_repository_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", README.read_text(encoding="utf8"))

    assert [link for link in links if not Path(ROOT / link).exists()] == []


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    assert run_block(Block("bash", "false | cat", 1, None), tmp_path).returncode != 0
