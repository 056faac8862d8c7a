"""Labelling tools: their files from annotation files, and back, without loss."""

from __future__ import annotations

from cs_nlp.labelling.tools.argilla import from_argilla, to_argilla
from cs_nlp.labelling.tools.doccano import from_doccano, label_names, to_doccano, write_doccano
from cs_nlp.labelling.tools.label_studio import from_label_studio, interface, to_label_studio
from cs_nlp.labelling.tools.packing import Imported

__all__ = [
    "Imported",
    "from_argilla",
    "from_doccano",
    "from_label_studio",
    "interface",
    "label_names",
    "to_argilla",
    "to_doccano",
    "to_label_studio",
    "write_doccano",
]
