"""Every error that cs_nlp raises on purpose.

CsNlpError                      catch this to catch them all
├── InputError                  what the user gave can't be used: exit code 2 on the command line
│   ├── IngestError             a transcript file can't be read
│   │   └── UnknownFormatError  no reader, or more than one, recognises the file
│   ├── DatasetError            a labelled data set is damaged or incomplete
│   └── RecipeError             a training recipe is wrong
├── TaxonomyError               the knowledge that the package carries was edited wrongly
├── ArtefactError               a model folder is incomplete, damaged or of another taxonomy
├── PromotionError              a model may not become live: all criteria that it misses are named
├── StoreError                  the database can't be used: not there, of another version, or of another secret
├── BusyError                   more is asked for than can be done now: try again later
└── MissingExtraError           a feature needs packages that are not installed

A message says what failed, what was got, what was expected and what to do. The facts are attributes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CsNlpError(Exception):
    """Base of all errors raised by cs_nlp."""


class InputError(CsNlpError):
    """Something that the user gave can't be used."""


class IngestError(InputError):
    """A transcript file can't be read.

    Args:
        problem: what failed, what was expected and what to do, in one line.
        path: the file as the user named it (a member of a zip as `archive.zip!member`).
        line: 1-based line in the file, where there is one.
    """

    def __init__(self, problem: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        self.problem = problem
        self.path = path
        self.line = line
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(place + problem)


class UnknownFormatError(IngestError):
    """No reader recognises a file, or several do.

    Args:
        problem: as for `IngestError`.
        candidates: names of the formats that came closest, each with what is missing.
        path: as for `IngestError`.
    """

    def __init__(self, problem: str, *, candidates: Sequence[str] = (), path: Path | str | None = None) -> None:
        self.candidates = tuple(candidates)
        super().__init__(problem, path=path)


class DatasetError(InputError):
    """A labelled data set is damaged; all its bad rows are reported together.

    Args:
        path: the data set.
        problems: one line for each bad row, each naming its line number.
    """

    shown = 10

    def __init__(self, path: Path | str, problems: Sequence[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        head = "\n  ".join(self.problems[: self.shown])
        more = len(self.problems) - self.shown
        tail = f"\n  ... and {more} more" if more > 0 else ""
        super().__init__(f"{path}: {len(self.problems)} bad row(s)\n  {head}{tail}")


class RecipeError(InputError):
    """A training recipe is wrong; the message lists all faults, each with its place."""


class TaxonomyError(CsNlpError):
    """The knowledge that the package carries was edited wrongly; all faults are reported together.

    Args:
        problems: one line for each fault, each naming the entry.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        head = "cs_nlp/taxonomy: the knowledge does not fit the labels; correct the TOML files or labels.py"
        super().__init__("\n  ".join((head, *self.problems)))


class ArtefactError(CsNlpError):
    """A model folder can't be used: files missing, damaged, or labels unlike the taxonomy's."""


class PromotionError(CsNlpError):
    """A model may not become live.

    Args:
        model: the candidate; live: the model that stays.
        live: as above.
        unmet: each criterion that it misses, a sentence with its numbers.
    """

    def __init__(self, model: str, live: str, unmet: Sequence[str]) -> None:
        self.unmet = tuple(unmet)
        lines = "\n  ".join(self.unmet)
        super().__init__(f"{model} is not promoted, {live} stays live; {len(self.unmet)} criteria not met:\n  {lines}")


class StoreError(CsNlpError):
    """A database can't be used: not there, of another version, or of another secret."""


class BusyError(CsNlpError):
    """More is asked for than can be done now.

    Args:
        problem: what there is too much of, and how much is taken.
        retry_after_s: seconds after which it is worth trying again.
    """

    def __init__(self, problem: str, retry_after_s: float = 1.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(problem)


class MissingExtraError(CsNlpError):
    """A feature needs an optional set of packages.

    Args:
        feature: what the user wanted to do.
        extra: the extra of this package that brings what is missing.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.feature = feature
        self.extra = extra
        super().__init__(f"{feature} needs packages that are not installed; install them with: pip install 'cs-nlp[{extra}]'")
