"""Without the extra `label` everything else of labelling works, and what needs it says so."""

from __future__ import annotations

import subprocess
import sys

import pytest

NEEDS = {
    "krippendorff": "measure_agreement([one])",
    "cleanlab": "find_suspects(['none'], np.full((1, 5), 0.2))",
    "spacy": "fire(read_rules(SHIPPED), [one])",
}
CODE = """
import sys
sys.modules[{name!r}] = None  # as where it is not installed
import numpy as np
from cs_nlp.errors import MissingExtraError
from cs_nlp.labelling import *
from tests.labelling.samples import said
one = said(1, ("ann", "none"), ("bob", "none"))
try:
    {call}
except MissingExtraError as error:
    print(error.extra)
"""


@pytest.mark.parametrize("name", NEEDS)
def test_a_missing_extra_is_named(name: str) -> None:
    code = CODE.format(name=name, call=NEEDS[name])
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "label\n"


def test_the_door_loads_nothing_of_the_extra() -> None:
    code = f"import sys, cs_nlp.labelling, cs_nlp.cli.label\nprint(*(name for name in {[*NEEDS, 'sklearn']!r} if name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"
