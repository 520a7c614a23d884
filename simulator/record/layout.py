"""Where everything of a run is kept: ``results/<suite>/<NNNN>-<digest8>/``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simulator.core.errors import InputError, Problem


@dataclass(frozen=True)
class Layout:
    """Names inside a results folder."""

    root: Path

    @property
    def start(self) -> Path:
        """Digests, versions, seed: written before the first run."""
        return self.root / "start.json"

    @property
    def resolved(self) -> Path:
        """What assess and report read of the input."""
        return self.root / "resolved.json"

    @property
    def inputs(self) -> Path:
        """The input files, verbatim."""
        return self.root / "inputs"

    @property
    def stop(self) -> Path:
        """Written after the last run; without it the folder is INCONCLUSIVE."""
        return self.root / "stop.json"

    @property
    def controls(self) -> Path:
        """What the controls of the suite did."""
        return self.root / "controls.json"

    @property
    def adequacy(self) -> Path:
        """The safety functions against every initiating event."""
        return self.root / "adequacy.json"

    @property
    def robustness(self) -> Path:
        """Hazard verdicts on plants that are not as designed; absent where no study is asked for."""
        return self.root / "robustness.json"

    @property
    def verdicts(self) -> Path:
        """What the judge says."""
        return self.root / "verdicts.json"

    @property
    def manifest(self) -> Path:
        """Digest of every file."""
        return self.root / "manifest.json"

    @property
    def report(self) -> Path:
        """The one-page report."""
        return self.root / "report.html"

    def rows(self, scenario: str, variant: str, first: int) -> Path:
        """Rows of one block."""
        return self.root / "rows" / scenario / f"{variant}-{first:06d}.csv"

    def trace(self, scenario: str, replica: int) -> Path:
        """Trace of one replica."""
        return self.root / "traces" / scenario / f"{replica:06d}.npz"


def create(results: Path, suite: str, digest: str) -> Layout:
    """Make the next numbered folder of a suite.

    Raises
    ------
    InputError
        When the folder cannot be made.
    """
    parent = results / suite
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(_last(parent) + 1, _last(parent) + 1000):
            root = parent / f"{number:04d}-{digest[:8]}"
            if not any(parent.glob(f"{number:04d}-*")):
                root.mkdir()
                return Layout(root)
    except OSError as error:
        raise _unwritable(parent, error) from None
    raise InputError(Problem("no free number", "a results folder with room", file=str(parent)))


def _unwritable(folder: Path, error: OSError) -> InputError:
    hint = "name another folder with --results"
    return InputError(
        Problem(error.strerror or str(error), "a results folder to write to", str(folder), hint=hint)
    )


def _last(parent: Path) -> int:
    numbers = [int(p.name[:4]) for p in parent.iterdir() if re.match(r"\d{4}-[0-9a-f]{8}\Z", p.name)]
    return max(numbers, default=0)
