"""Facts that become known later: the figures move along, and words can be dropped without their scores."""

from __future__ import annotations

from datetime import timedelta

from cs_nlp.store import Change, KeepText, Store, change_transcript, list_transcripts, read_cells, refresh_cells, statements_of
from tests.store.samples import MONDAY, call, keep, score_all
from tests.store.test_cells import assert_cells_are_totals


def changed(store: Store, org: int, change: Change, name: str = "n0") -> bool:
    """Change a transcript and bring the cells up to date."""
    with store.writing() as db:
        uid = next(one.uid for one in list_transcripts(db, org) if one.name == name)
        done = change_transcript(db, org, uid, change, "Europe/London")
    with store.writing() as db:
        while refresh_cells(db, org):
            pass
    return done


def test_figures_move_to_the_team_the_queue_and_the_day_that_are_given(store: Store, org: int) -> None:
    keep(store, org, call("n0"), call("n1", words="another"))
    score_all(store, org)

    assert changed(store, org, Change("south", "chat", MONDAY + timedelta(days=3)))

    with store.reading() as db:
        cells = {(cell.team, cell.queue, cell.day, cell.transcripts) for cell in read_cells(db, org)}
    assert cells == {("south", "chat", MONDAY.date() + timedelta(days=3), 1), ("north", "phone", MONDAY.date(), 1)}
    assert_cells_are_totals(store, org)


def test_what_is_not_named_stays(store: Store, org: int) -> None:
    keep(store, org, call("n0"))

    changed(store, org, Change(queue=None))

    with store.reading() as db:
        (one,) = list_transcripts(db, org)
    assert (one.team, one.queue, one.started_at) == ("north", "", MONDAY)


def test_words_are_dropped_and_scores_stay(store: Store, org: int) -> None:
    keep(store, org, call("n0"))
    score_all(store, org, text=KeepText.ALL)

    changed(store, org, Change(drop_text=True))

    with store.reading() as db:
        (one,) = list_transcripts(db, org)
        said = statements_of(db, org, one.uid)
    assert [item.scored.statement.text for item in said] == ["", ""]
    assert all(item.scored.score.culture for item in said)


def test_a_transcript_that_is_not_there_is_told(store: Store, org: int) -> None:
    with store.writing() as db:
        assert not change_transcript(db, org, "tr_none", Change("south"))
