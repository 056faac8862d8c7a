"""Where labelling meets the store: what people corrected in the service, as annotated statements."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import Connection

from cs_nlp.labelling.annotations import fingerprint, merge_statement
from cs_nlp.records import AnnotatedStatement, LabelledStatement
from cs_nlp.store import read_feedback


def corrections(db: Connection, organisation: int) -> list[AnnotatedStatement]:
    """What people said in the service is the right label, one statement with all who labelled it, the oldest first.

    Args:
        db: a transaction that reads.
        organisation: whose.
    """
    found: dict[str, AnnotatedStatement] = {}
    seen: Counter[tuple[str, str | None]] = Counter()
    for one in read_feedback(db, organisation):
        made = _annotated(one)
        seen[made.id, one.gold.annotator] += 1
        if (times := seen[made.id, one.gold.annotator]) > 1:  # the same words twice in one transcript
            made = replace(made, id=f"{made.id}-{times}")
        found[made.id] = merge_statement(found[made.id], made) if made.id in found else made
    return list(found.values())


def _annotated(one: LabelledStatement) -> AnnotatedStatement:
    return AnnotatedStatement(
        id=fingerprint(one.text, one.context, one.channel, one.group),
        text=one.text,
        context=one.context,
        channel=one.channel,
        annotations=(one.gold,),
        facts=MappingProxyType({"conversation": one.group}),
    )
