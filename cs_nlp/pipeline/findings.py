"""What a team's series and words say beside its signals, gathered for the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from cs_nlp.pipeline.signals import Reading, correction_of
from cs_nlp.records import Difference, DriverEvidence, Findings, ScoredTranscript, Signal
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Resampling
from cs_nlp.signals.change import find_changes
from cs_nlp.signals.coaching import coach
from cs_nlp.signals.comparison import adjusted, with_other_teams, with_previous
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.signals.units import units_of


def findings_of(scored: Sequence[ScoredTranscript], signals: Sequence[Signal], artefact: Artefact, options: Reading) -> dict[str, Findings]:
    """Change points, differences, drivers and coaching of each team.

    Args:
        scored: the transcripts.
        signals: from `signals_of` with the same options.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
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
    found = {
        team: Findings(team, differences=tuple(differences[team]), drivers=tuple(drivers[team]))
        for team in dict.fromkeys(signal.team for signal in signals)
    }
    changes = find_changes(totals, by=options.by, tz=options.tz, k=options.smallest_group, correction=correction, resampling=resampling)
    for change in changes:
        found[change.team] = replace(found[change.team], changes=change)
    for coaching in coach(signals, [row for own in drivers.values() for row in own]):
        found[coaching.team] = replace(found[coaching.team], coaching=coaching)
    return found
