"""Scored transcripts are asked what their teams believe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cs_nlp.pipeline.signals import Reading
from cs_nlp.records import ScoredTranscript
from cs_nlp.records.beliefs import KnownBelief, TeamBeliefs
from cs_nlp.scoring import Classifier
from cs_nlp.signals import Redact
from cs_nlp.signals.beliefs import Believing, team_beliefs


def beliefs_of(
    scored: Iterable[ScoredTranscript],
    classifier: Classifier,
    redact: Redact | None,
    options: Reading = Reading(),  # noqa: B008 - frozen
    known: Mapping[str, Sequence[KnownBelief]] | None = None,
) -> list[TeamBeliefs]:
    """What each team believes.

    Args:
        scored: the transcripts, with the words of their statements.
        classifier: that scored them; it gives the sentence vectors.
        redact: what takes names and numbers out of what is quoted, `list` where that is done; None to quote nothing.
        options: zone, smallest group and seed.
        known: by team, beliefs of a run before, whose ids and names go on.

    Raises:
        ArtefactError: the classifier gives no sentence vectors.
    """
    believing = Believing(k=options.smallest_group, seed=options.seed)
    return team_beliefs(scored, classifier.embed, redact, tz=options.tz, options=believing, known=known)
