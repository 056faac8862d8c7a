"""The trained classifier at work: artefact, runtimes, batching."""

from __future__ import annotations

from cs_nlp.scoring.artefact import Artefact
from cs_nlp.scoring.classifier import Classifier, Scores
from cs_nlp.scoring.finding import find_artefact
from cs_nlp.scoring.loading import load_classifier

__all__ = ["Artefact", "Classifier", "Scores", "find_artefact", "load_classifier"]
