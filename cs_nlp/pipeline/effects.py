"""Scored transcripts are asked what newcomers learn, what an intervention did, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from cs_nlp.pipeline.scoring import balance_of, parts_of
from cs_nlp.pipeline.signals import Reading, correction_of, signals_of
from cs_nlp.records import Coaching, Effect, Intervention, Newcomers, ScoredTranscript, Transcript
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Resampling
from cs_nlp.signals.coaching import coach
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.signals.interventions import MOST_MORE, Trial, intervention_effect
from cs_nlp.signals.interventions_shares import shown_periods
from cs_nlp.signals.newcomers import team_newcomers
from cs_nlp.signals.newcomers_people import Cohorts
from cs_nlp.taxonomy import SIGNAL_CULTURES

JoiningDays = Mapping[str, Mapping[str, date]]


def joining_days(transcripts: Iterable[Transcript], known: JoiningDays) -> JoiningDays:
    """When people joined, by team and person.

    Args:
        transcripts: which say it of their agents.
        known: from a list of people, which goes before the transcripts; under "" for people of whatever team.
    """
    found: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for transcript in transcripts:
        days = found[transcript.team or ""]
        if transcript.agent is not None and transcript.joined_on is not None:
            days[transcript.agent] = transcript.joined_on
    return {team: {**days, **known.get("", {}), **known.get(team, {})} for team, days in found.items()}


def newcomers_of(
    scored: Sequence[ScoredTranscript], artefact: Artefact, known: JoiningDays, options: Reading, cohorts: Cohorts
) -> list[Newcomers]:
    """How far newcomers were from their teams, week by week after joining.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        known: as for `joining_days`.
        options: zone, smallest group and seed.
        cohorts: who is a newcomer, and who is established; its smallest group is that of `options`.
    """
    balance = balance_of(artefact)
    return team_newcomers(
        [part for item in scored for part in parts_of(item.transcript, item.statements, item.totals.model, balance)],
        joining_days((item.transcript for item in scored), known),
        cohorts=Cohorts(cohorts.weeks, cohorts.settled, options.smallest_group),
        tz=options.tz,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )


def effect_of(scored: Iterable[ScoredTranscript], artefact: Artefact, intervention: Intervention, trial: Trial, options: Reading) -> Effect:
    """The effect of an intervention on its team, against the other teams.

    Args:
        scored: transcripts of all teams.
        artefact: of the classifier that scored them.
        intervention: what was done.
        trial: what it is judged by, its periods among it.
        options: zone, smallest group and seed.
    """
    return intervention_effect(
        shown_periods([item.totals for item in scored], trial.by, options.tz, options.smallest_group),
        intervention,
        trial,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )


def effects_of(
    scored: Sequence[ScoredTranscript], artefact: Artefact, options: Reading, interventions: Iterable[Intervention]
) -> dict[str, list[Effect]]:
    """By team, the effects of interventions on the share of each culture in the mix, without a look ahead.

    Args:
        scored: transcripts of all teams.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed; by day, which is too short to measure an effect by, there is none.
        interventions: what was done; other teams in which something was done are no comparison.

    Raises:
        InputError: there are no transcripts of the team of one.
    """
    found: defaultdict[str, list[Effect]] = defaultdict(list)
    done = [*interventions] if options.by in MOST_MORE else []
    if not done:
        return found
    buckets = shown_periods([item.totals for item in scored], options.by, options.tz, options.smallest_group)
    correction, resampling = correction_of(artefact), Resampling(seed=options.seed)
    for one in done:
        others = tuple({other.team for other in done} - {one.team})
        for culture in SIGNAL_CULTURES:
            trial = Trial("mix", culture, options.by, others, ahead=False)
            found[one.team].append(intervention_effect(buckets, one, trial, correction=correction, resampling=resampling))
    return found


def coaching_of(
    scored: Sequence[ScoredTranscript], artefact: Artefact, options: Reading, beliefs: Iterable[TeamBeliefs] = ()
) -> list[Coaching]:
    """What to do about each team's culture, and why.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        options: as for `signals_of`.
        beliefs: from `beliefs_of` with the same options.
    """
    drivers = driver_evidence([item.totals for item in scored], tz=options.tz, k=options.smallest_group)
    return coach(signals_of(scored, artefact, options), drivers, beliefs)
