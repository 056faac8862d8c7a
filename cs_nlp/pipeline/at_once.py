"""What a request is to be answered with, scored before the answer: nothing waits for the background."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from cs_nlp.pipeline.scoring import score_statements, staff_statements
from cs_nlp.pipeline.storing import score_claims
from cs_nlp.records import Score, ScoredTranscript, Transcript
from cs_nlp.scoring import Classifier
from cs_nlp.store import KeepText, Store, StoredTranscript, claim, find_transcript

_LOOK_EVERY_S: Final = 0.05


def score_texts(texts: Sequence[str], contexts: Sequence[str | None], classifier: Classifier) -> list[Score]:
    """The scores of some statements, in order."""
    return classifier.score(texts, contexts).to_records()


def score_transcript(transcript: Transcript, classifier: Classifier) -> ScoredTranscript:
    """The scores of what the staff said in a transcript; nothing is stored."""
    (scored,) = score_statements([(transcript, staff_statements(transcript))], classifier)
    return scored


def score_stored(
    store: Store, organisation: int, uid: str, classifier: Classifier, *, keep: KeepText, patience_s: float
) -> StoredTranscript | None:
    """Score a stored transcript now, unless somebody else is at it: then wait for that.

    Args:
        store: the database.
        organisation: whose.
        uid: the transcript.
        classifier: to score with.
        keep: of which statements the text is kept.
        patience_s: seconds to wait.

    Returns:
        The transcript as it stands then, perhaps still waiting; None where there is none.
    """
    until = time.monotonic() + patience_s
    while True:
        with store.writing() as db:
            claims = claim(db, organisation, "request", at_most=1, uid=uid)
        if claims:
            score_claims(store, organisation, claims, classifier, keep=keep)
        with store.reading() as db:
            found = find_transcript(db, organisation, uid)
        if found is None or found.state in {"scored", "failed"} or time.monotonic() > until:
            return found
        time.sleep(_LOOK_EVERY_S)
