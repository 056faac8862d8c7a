"""What all tests share: the reference data beside the project, and how hard property tests try."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests import tiny

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# `make fuzz` takes the second profile. Deadlines measure the machine, not the code.
settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips tests marked `shared` where the reference data is absent."""
    skip = pytest.mark.skipif(not SHARED.is_dir(), reason=f"needs the shared reference data in {SHARED}")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The reference data beside the project; only for tests marked `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few statements and documents of the corpus as data sets."""
    folder = tmp_path_factory.mktemp("tiny")
    tiny.write_data(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_baseline(tiny_folder: Path) -> Path:
    """The model folder of a small trained TF-IDF baseline. Copy it before changing it."""
    from cs_nlp.training.recipe import read_recipe  # noqa: PLC0415 - most tests need no training
    from cs_nlp.training.run import train  # noqa: PLC0415 - as above

    recipe = tiny_folder / "tiny-words.toml"
    recipe.write_text(tiny.BASELINE_RECIPE, encoding="utf-8")
    return train(read_recipe(recipe), tiny_folder / "models" / "tiny-words")


@pytest.fixture(scope="session")
def tiny_recipe(tiny_folder: Path) -> Path:
    """A recipe that fine-tunes a tiny real encoder on about 150 statements in two epochs."""
    tiny.write_encoder(tiny_folder / "encoder")
    recipe = tiny_folder / "tiny.toml"
    recipe.write_text(tiny.ENCODER_RECIPE, encoding="utf-8")
    return recipe


@pytest.fixture(scope="session")
def tiny_artefact(tiny_recipe: Path) -> Path:
    """The model folder that `tiny_recipe` makes, with its checkpoint. Copy it before changing it."""
    from cs_nlp.training.recipe import read_recipe  # noqa: PLC0415 - most tests need no training
    from cs_nlp.training.run import train  # noqa: PLC0415 - as above

    return train(read_recipe(tiny_recipe), tiny_recipe.parent / "models" / "tiny")
