"""Sequential tests of a campaign: what is asked for, and what they have said, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.table import STYLE

if TYPE_CHECKING:
    from simulator.campaign.montecarlo.sequential import Wanted

Data = Mapping[str, Any]
_WANTED = "R-xx=1%,0.1%: a requirement, an unacceptable probability of failing, and a smaller, acceptable one"


def wanted(text: str) -> Wanted:
    """A test as people write it: ``R-01=1%,0.1%``."""
    from simulator.campaign.montecarlo.sequential import Wanted

    name, _, pair = text.partition("=")
    try:
        worse, better = (probability(one) for one in pair.split(","))
    except ValueError:
        raise click.UsageError(f"--sequential: got '{text}', wanted {_WANTED}") from None
    if not (name and 0.0 < better < worse < 1.0):
        raise click.UsageError(f"--sequential: got '{text}', wanted {_WANTED}")
    return Wanted(name, worse, better)


def probability(text: str) -> float:
    """A probability as people write it, ``1e-4`` or ``0.01%``; raises `ValueError`."""
    return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)


def verdicts(outcome: Data) -> dict[tuple[str, str], str]:
    """Verdict of each test, by question and requirement."""
    tests = outcome.get("sequential", ())
    return {(one["scenario"], one["requirement"]): one["verdict"] for one in tests}


def lines(outcome: Data) -> Iterator[str]:
    """Each test in words, with bounds that hold wherever it has stopped."""
    for one in outcome.get("sequential", ()):
        test, verdict = one["test"], one["verdict"]
        open_ = f", {one['undecided']} undecided" if one["undecided"] else ""
        yield (
            f"[{STYLE[verdict]}]{verdict}[/]  {one['scenario']} {one['requirement']}, sequential: "
            f"{one['failed']} of {one['n']} fail{open_}, replicas 0 to {one['replicas'] - 1}; "
            f"p in [{one['low']:.2g}, {one['high']:.2g}] at {100 * outcome['confidence']:g} %, "
            "wherever it stops"
        )
        yield (
            f"      {100 * test['unacceptable']:g} % against {100 * test['acceptable']:g} %: a PASS is wrong "
            f"with at most {100 * test['beta']:.2g} %, a FAIL with at most {100 * test['alpha']:.2g} %; "
            f"at most {test['most']} replicas"
        )
