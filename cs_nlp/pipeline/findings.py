"""What a team's series, words and people say beside its signals, gathered for the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cs_nlp.pipeline.effects import JoiningDays, effects_of, joining_days, newcomers_of
from cs_nlp.pipeline.signals import Reading, correction_of
from cs_nlp.records import Difference, DriverEvidence, Findings, Intervention, Newcomers, ScoredTranscript, Signal
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Resampling
from cs_nlp.signals.change import find_changes
from cs_nlp.signals.coaching import coach
from cs_nlp.signals.comparison import adjusted, with_other_teams, with_previous
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.signals.newcomers_people import Cohorts
from cs_nlp.signals.units import units_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the teams beside their transcripts.

    Attributes:
        joined: when people joined, as for `joining_days`; what transcripts say of it is known without.
        interventions: what was done, with which team and when.
        beliefs: from `beliefs_of` with the same options.
        newcomers: what is found of them; where none is given it is found from the joining days.
    """

    joined: JoiningDays = field(default_factory=dict)
    interventions: Sequence[Intervention] = ()
    beliefs: Sequence[TeamBeliefs] = ()
    newcomers: Sequence[Newcomers] = ()


def findings_of(
    scored: Sequence[ScoredTranscript],
    signals: Sequence[Signal],
    artefact: Artefact,
    options: Reading,
    known: Known = Known(),  # frozen
) -> dict[str, Findings]:
    """Change points, differences, drivers, beliefs, newcomers, effects of interventions, and coaching of each team.

    Args:
        scored: the transcripts.
        signals: from `signals_of` with the same options.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
        known: what is known beside them.
    """
    totals = [item.totals for item in scored]
    correction, resampling = correction_of(artefact), Resampling(seed=options.seed)
    units = units_of(totals, by=options.by, tz=options.tz, k=options.smallest_group, correction=correction, resampling=resampling)
    whole = [unit for unit in units if unit.signals[0].by == "all"]
    # One family of comparisons: what a page shows is read as a whole.
    differences: defaultdict[str, list[Difference]] = defaultdict(list)
    for difference in adjusted([*with_previous(units), *with_other_teams(whole)]):
        differences[difference.team].append(difference)
    drivers: defaultdict[str, list[DriverEvidence]] = defaultdict(list)
    for row in driver_evidence(totals, tz=options.tz, k=options.smallest_group):
        drivers[row.team].append(row)
    effects = effects_of(scored, artefact, options, known.interventions)
    changes = find_changes(totals, by=options.by, tz=options.tz, k=options.smallest_group, correction=correction, resampling=resampling)
    change_of = {change.team: change for change in changes}
    beliefs_of = {belief.team: belief for belief in known.beliefs}
    newcomers = {one.team: one for one in known.newcomers or _newcomers(scored, artefact, options, known.joined)}
    advice = {one.team: one for one in coach(signals, [row for own in drivers.values() for row in own], known.beliefs)}
    return {
        team: Findings(
            team,
            changes=change_of.get(team),
            differences=tuple(differences[team]),
            beliefs=beliefs_of.get(team),
            drivers=tuple(drivers[team]),
            newcomers=newcomers.get(team),
            effects=tuple(effects.get(team, ())),
            coaching=advice.get(team),
        )
        for team in dict.fromkeys(signal.team for signal in signals)
    }


def _newcomers(scored: Sequence[ScoredTranscript], artefact: Artefact, options: Reading, joined: JoiningDays) -> list[Newcomers]:
    """Those of teams in which somebody's joining day is known."""
    days = joining_days((item.transcript for item in scored), joined)
    teams = {team for team, own in days.items() if own}
    return newcomers_of([item for item in scored if item.totals.team in teams], artefact, joined, options, Cohorts()) if teams else []
