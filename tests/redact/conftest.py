"""One redactor for all tests: loading the model takes seconds."""

from __future__ import annotations

import pytest

from cs_nlp.redact import Redactor


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """A redactor that has loaded its engine."""
    made = Redactor()
    made.redact_texts(["hello"])
    return made
