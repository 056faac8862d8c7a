"""Redaction loads nothing that it does not use."""

from __future__ import annotations

import subprocess
import sys


def test_redacting_loads_no_torch_where_it_is_installed_and_leaves_it_to_others() -> None:
    code = (
        "import sys; from cs_nlp.redact import Redactor; Redactor().redact_texts(['My name is John Smith.']);"
        "print([name for name in ('torch', 'transformers') if name in sys.modules]); import torch; print(torch.ones(1).item())"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split("\n")[:2] == ["[]", "1.0"]
