"""A process that scores what waits until nothing does; to be killed."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from cs_nlp.pipeline.storing import score_waiting
from cs_nlp.scoring import load_classifier
from cs_nlp.store import next_free, open_store

LEASE = timedelta(seconds=1)


def run(database: str, organisation: int, model: Path, begun: Path) -> None:
    """Score until nothing waits.

    Args:
        database: where.
        organisation: whose.
        model: folder of the classifier.
        begun: a file that is made when scoring begins.
    """
    classifier = load_classifier(model, threads=1)
    with open_store(database) as store:
        begun.touch()
        while True:
            for _ in score_waiting(store, organisation, classifier, worker=f"process {os.getpid()}", lease=LEASE):
                pass
            with store.reading() as db:
                if next_free(db, organisation) is None:
                    return
            time.sleep(0.05)
