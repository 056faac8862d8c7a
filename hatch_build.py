"""Build hook: the wheel carries the released artefact, so that an installed package scores without a download.

A static `force-include` would copy the artefact into the environment of an editable install as well, where a stale copy
would hide the one in the checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ARTEFACT = "models/culture-en-small"
INSIDE = "cs_nlp/_models/culture-en-small"
# A training run leaves more in the folder, such as a checkpoint to export again; scoring reads these.
NEEDED = ("model.onnx", "tokenizer.json", "config.json", "labels.json", "evaluation.json", "seen.npz", "README.md")


class ArtefactHook(BuildHookInterface[Any]):
    """Adds the artefact to a standard wheel, and refuses to build one without it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the wheel is put together.

        Args:
            version: "standard" for a wheel, "editable" for an editable install.
            build_data: what goes into the wheel; `force_include` maps sources to places in it.

        Raises:
            FileNotFoundError: the artefact is incomplete.
        """
        if version != "standard":
            return
        folder = Path(self.root) / ARTEFACT
        missing = [name for name in NEEDED if not (folder / name).is_file()]
        if missing:
            raise FileNotFoundError(f"{folder} lacks {', '.join(missing)}; the wheel carries this artefact: make it with 'make train'")
        build_data["force_include"].update({str(folder / name): f"{INSIDE}/{name}" for name in NEEDED})
