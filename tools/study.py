"""The study of prevalence and intervals, whole: `make study` writes its tables into docs/study.md and README.md, and its picture.

    python -m tools.study [--draws 100] [--runs 120] [--model culture-en-small] [--seed 0]

Needs the shared reference data; no text of it is kept. The same seed and model give the same figures.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from cs_nlp.scoring import load_classifier
from tools.coverage import SKILLS
from tools.measure_drivers import measured
from tools.study_coverage import ALIKE, HALVED, IN_USE, TRANSCRIPTS, Answers, Held, resampled, simulated
from tools.study_errors import Errors, Setting, measure
from tools.study_page import Study, readme_part, tables
from tools.study_picture import picture
from tools.study_settings import DEV, HELD_OUT, REAL, ROOT, Material, apart, material, protocol, shifts

PAGE: Final = ROOT / "docs" / "study.md"
PICTURE: Final = ROOT / "docs" / "study.svg"
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- study: written by `make study`, do not edit -->"
END: Final = "<!-- end of study -->"


@dataclass(frozen=True)
class _Job:
    """A piece of work, and what makes it from the material."""

    work: Callable[[Material], Any]

    def __call__(self) -> Any:  # noqa: ANN401 - jobs give errors or coverage
        return self.work(_SHARED[0])


_SHARED: list[Material] = []


def errors_of(setting: Setting, seed: int, known: Material) -> Errors:
    """The errors in one setting."""
    learnt, judged = known.rows[setting.learnt], known.rows[setting.judged]
    if setting.learnt.startswith(REAL.partition(" ")[0]):  # both are of the evaluation text
        learnt = apart(learnt, judged)
    return measure(setting, learnt, judged, known.balance, seed)


def simulated_of(skill: str, transcripts: int, runs: int, seed: int, known: Material) -> Held:
    """Coverage in simulation."""
    del known
    return simulated(skill, transcripts, runs, seed)


def resampled_of(world: str, transcripts: int, runs: int, seed: int, known: Material) -> Held:
    """Coverage on resampled real answers."""
    return resampled(world, Answers(known.rows[HELD_OUT], known.rows[REAL], known.balance), transcripts, runs, seed)


def study(model: str, dev: Path, draws: int, runs: int, seed: int) -> Study:
    """All of it.

    Args:
        model: a model folder, or the name of a model that comes with cs_nlp.
        dev: the real evaluation text.
        draws: samples in each setting of the protocol; half as many under shift.
        runs: groups in each cell of coverage.
        seed: of everything.
    """
    known = material(model, dev)
    errors = [partial(errors_of, setting, seed) for setting in (*protocol(draws), *shifts(draws // 2))]
    # The longest first, so that no process waits for one at the end.
    cells = [partial(simulated_of, skill, size, runs, seed) for size in reversed(TRANSCRIPTS) for skill in SKILLS]
    cells += [partial(resampled_of, world, size, runs, seed) for world in (ALIKE, IN_USE, HALVED) for size in TRANSCRIPTS]
    found = _run([*map(_Job, cells), *map(_Job, errors)], known)
    drivers = measured(dev, load_classifier(model), 2 * draws, seed)
    return Study(tuple(found[len(cells) :]), tuple(found[: len(cells)]), drivers, draws, runs)


def _run(jobs: Sequence[_Job], known: Material) -> list[Any]:
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for the processes that are started now
    found = []
    with ProcessPoolExecutor(initializer=_share, initargs=(known,), mp_context=get_context("spawn")) as pool:
        for place, result in enumerate(pool.map(_call, jobs), start=1):
            found.append(result)
            print(f"{place} of {len(jobs)} parts done", file=sys.stderr, flush=True)
    return found


def _share(known: Material) -> None:
    _SHARED.append(known)


def _call(job: _Job) -> Any:  # noqa: ANN401 - see above
    return job()


def rewrite(path: Path, text: str) -> None:
    """Puts a text between the marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    path.write_text(f"{before}{BEGIN}\n\n{text.strip()}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> int:
    """Runs the study and writes it down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="culture-en-small")
    parser.add_argument("--dev", type=Path, default=DEV, help="the real evaluation text (default: the shared reference data)")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--runs", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    if not chosen.dev.is_file():
        sys.exit(f"error: the study needs real labelled statements, and {chosen.dev} is not there; name a file with --dev")
    started = time.monotonic()
    found = study(chosen.model, chosen.dev, chosen.draws, chosen.runs, chosen.seed)
    rewrite(PAGE, tables(found))
    rewrite(README, readme_part(found))
    picture(found).save(str(PICTURE))
    print(tables(found))
    print(f"{time.monotonic() - started:.0f} s. Written: {PAGE}, {PICTURE}, {README}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
