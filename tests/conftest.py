"""What all tests share: the reference data beside the project, and how hard property tests try."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

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
