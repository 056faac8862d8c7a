"""TweetSumm (Feigenblat and others, 2021): customer support on Twitter, with summaries."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.values import as_list, as_object, as_text, objects
from cs_nlp.records import Role, Transcript

_SIDES = ("summary-customer", "summary-agent")
"""Labels that state no role: a summary of what somebody said is not what they said."""


def read_summaries(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a released row. It holds ids of tweets, not their words; the words in it are the annotators' summaries of both sides."""
    root = as_object(value)
    intake.report.warn(
        "TweetSumm as released holds the ids of tweets, not their words: what is read are the first annotator's two summaries, of the "
        "customer's and of the agent's side, retold and so of unknown role; the role map summary-agent=agent scores them all the same"
    )
    annotations = list(objects(root.get("annotations")))
    draft = Draft(id=as_text(root.get("conversation_id")))
    for summary, side in zip(as_list(annotations[0].get("abstractive")) if annotations else [], _SIDES, strict=False):
        intake.add(draft, intake.voice(side, Role.UNKNOWN), as_text(summary))
    for _ in annotations[1:]:
        intake.skip("summary of a further annotator")
    yield from intake.finish(draft)


def read_dialog(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a row joined with its tweets: turns of sentences, each marked as the agent's or not."""
    dialog = as_object(as_object(value).get("dialog"))
    draft = Draft(id=as_text(dialog.get("dialog_id")))
    for turn in objects(dialog.get("turns")):
        is_agent = turn.get("is_agent")
        role = Role.UNKNOWN if not isinstance(is_agent, bool) else Role.AGENT if is_agent else Role.CUSTOMER
        sentences = " ".join(as_text(sentence) for sentence in as_list(turn.get("sentences")))
        intake.add(draft, intake.voice(role.value if isinstance(is_agent, bool) else None, role), sentences)
    yield from intake.finish(draft)


RELEASED = JsonFormat(
    name="tweetsumm",
    title="TweetSumm, as released",
    recognised_by="`conversation_id`, `tweet_ids_sentence_offset` and `annotations[].abstractive`",
    taken="the first annotator's summaries of the customer's and the agent's side, role unknown",
    not_taken="the tweets themselves, which the release does not hold; further annotators' summaries",
    needs=("conversation_id", "tweet_ids_sentence_offset", "annotations[]"),
    read=read_summaries,
)
JOINED = JsonFormat(
    name="tweetsumm_dialog",
    title="TweetSumm, joined with its tweets",
    recognised_by="`dialog.turns[]` with `is_agent` and `sentences`",
    taken="turns, roles, dialog id",
    not_taken="summaries",
    needs=("dialog.turns[].is_agent", "dialog.turns[].sentences"),
    read=read_dialog,
)
