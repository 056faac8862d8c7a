"""The way from a model folder to a classifier."""

from __future__ import annotations

from pathlib import Path

from cs_nlp.scoring.artefact import Artefact, EncoderConfig
from cs_nlp.scoring.classifier import Classifier
from cs_nlp.scoring.finding import LIVE, find_artefact


def load_classifier(model: str | Path = LIVE, *, threads: int = 0) -> Classifier:
    """Load a model folder.

    Args:
        model: see `find_artefact`; without it the live model.
        threads: processor threads to use; 0 for all.

    Raises:
        ArtefactError: there is no such model, or it is damaged.
    """
    artefact = Artefact.open(find_artefact(model))
    if isinstance(artefact.config, EncoderConfig):
        from cs_nlp.scoring.encoder import EncoderClassifier  # noqa: PLC0415 - the runtime is loaded only when it is used

        return EncoderClassifier(artefact, artefact.config, threads=threads)
    from cs_nlp.scoring.linear import LinearClassifier  # noqa: PLC0415 - as above

    return LinearClassifier(artefact, artefact.config)
