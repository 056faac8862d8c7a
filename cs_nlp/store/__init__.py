"""Tables, queries and migrations: the only part that speaks SQL. SQLite and PostgreSQL answer alike.

Functions take a transaction of a `Store`, and the id of the organisation whose rows they see.
"""

from __future__ import annotations

from cs_nlp.store.cells import read_cells, refresh_cells
from cs_nlp.store.change import UNCHANGED, Change, Unchanged, change_transcript
from cs_nlp.store.check import faults, wrong_days
from cs_nlp.store.claims import Claim, claim, count_waiting, give_back, next_free
from cs_nlp.store.departures import Member, left_sheets, left_sums, members_of
from cs_nlp.store.engine import Store
from cs_nlp.store.erase import Erased, count_before, erase_before, erase_person, erase_transcripts
from cs_nlp.store.idempotency import Answer, Repeat, begin_request, finish_request, forget_requests
from cs_nlp.store.jobs import Job, announce_finished, close_job, count_errors, count_item, find_job, make_job
from cs_nlp.store.keys import SCOPES, Key, check_key, list_keys, make_key, note_use, revoke_key
from cs_nlp.store.listing import StoredTranscript, count_models, count_states, find_transcript, list_transcripts, unknown_transcripts
from cs_nlp.store.marks import published_mark, sent_payloads
from cs_nlp.store.migrate import Version, differences, open_store, revision_of, upgrade, version_of
from cs_nlp.store.notes import StoredIntervention, add_intervention, give_feedback, list_interventions, read_feedback, remove_intervention
from cs_nlp.store.organisations import (
    Team,
    ensure_organisation,
    find_organisation,
    hold,
    list_teams,
    organisation_names,
    set_zone,
)
from cs_nlp.store.people import Person, list_people, put_people
from cs_nlp.store.published import KeptRules, PublishedSum, days_with_scores, keep_rules, read_published, read_rules
from cs_nlp.store.quotes import (
    StoredStatement,
    find_statement,
    read_statements,
    statements_of,
    surest_statements,
    texts_kept,
    unlabelled_statements,
)
from cs_nlp.store.receive import Identity, Incoming, Lease, Outcome, Receipt, look_up, receive, receive_to_score
from cs_nlp.store.release import (
    Sum,
    Unpublished,
    add_up_again,
    is_scoring,
    keep_look,
    looked_at,
    read_unpublished,
    state_of,
    withdraw_all,
    write_sheets,
    wrong_sums,
)
from cs_nlp.store.rescore import requeue
from cs_nlp.store.results import KeepText, PersonScores, Result, write_embeddings, write_results
from cs_nlp.store.secret import read_secret
from cs_nlp.store.selection import EVERYTHING, Selection
from cs_nlp.store.totals import read_parts, read_totals
from cs_nlp.store.uploads import Upload, advance_upload, claim_upload, count_uploads, end_upload, give_up_upload, put_upload
from cs_nlp.store.webhooks import (
    Delivery,
    Webhook,
    claim_deliveries,
    disable_webhook,
    end_delivery,
    list_deliveries,
    list_webhooks,
    make_webhook,
    rotate_secret,
    send_event,
)

__all__ = [
    "EVERYTHING",
    "SCOPES",
    "UNCHANGED",
    "Answer",
    "Change",
    "Claim",
    "Delivery",
    "Erased",
    "Identity",
    "Incoming",
    "Job",
    "KeepText",
    "KeptRules",
    "Key",
    "Lease",
    "Member",
    "Outcome",
    "Person",
    "PersonScores",
    "PublishedSum",
    "Receipt",
    "Repeat",
    "Result",
    "Selection",
    "Store",
    "StoredIntervention",
    "StoredStatement",
    "StoredTranscript",
    "Sum",
    "Team",
    "Unchanged",
    "Unpublished",
    "Upload",
    "Version",
    "Webhook",
    "add_intervention",
    "add_up_again",
    "advance_upload",
    "announce_finished",
    "begin_request",
    "change_transcript",
    "check_key",
    "claim",
    "claim_deliveries",
    "claim_upload",
    "close_job",
    "count_before",
    "count_errors",
    "count_item",
    "count_models",
    "count_states",
    "count_uploads",
    "count_waiting",
    "days_with_scores",
    "differences",
    "disable_webhook",
    "end_delivery",
    "end_upload",
    "ensure_organisation",
    "erase_before",
    "erase_person",
    "erase_transcripts",
    "faults",
    "find_job",
    "find_organisation",
    "find_statement",
    "find_transcript",
    "finish_request",
    "forget_requests",
    "give_back",
    "give_feedback",
    "give_up_upload",
    "hold",
    "is_scoring",
    "keep_look",
    "keep_rules",
    "left_sheets",
    "left_sums",
    "list_deliveries",
    "list_interventions",
    "list_keys",
    "list_people",
    "list_teams",
    "list_transcripts",
    "list_webhooks",
    "look_up",
    "looked_at",
    "make_job",
    "make_key",
    "make_webhook",
    "members_of",
    "next_free",
    "note_use",
    "open_store",
    "organisation_names",
    "published_mark",
    "put_people",
    "put_upload",
    "read_cells",
    "read_feedback",
    "read_parts",
    "read_published",
    "read_rules",
    "read_secret",
    "read_statements",
    "read_totals",
    "read_unpublished",
    "receive",
    "receive_to_score",
    "refresh_cells",
    "remove_intervention",
    "requeue",
    "revision_of",
    "revoke_key",
    "rotate_secret",
    "send_event",
    "sent_payloads",
    "set_zone",
    "state_of",
    "statements_of",
    "surest_statements",
    "texts_kept",
    "unknown_transcripts",
    "unlabelled_statements",
    "upgrade",
    "version_of",
    "withdraw_all",
    "write_embeddings",
    "write_results",
    "write_sheets",
    "wrong_days",
    "wrong_sums",
]
