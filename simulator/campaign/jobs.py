"""What a suite comes to: jobs, each a block of replicas of one scenario in one variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.campaign.sweep import SWEEP, channels_of, length, plants, swept
from simulator.core.clock import Tick
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite

MAIN, NULL, ABSENT, REPEAT = "main", "null", "absent", "repeat"
NULL_REPLICAS = 8
FIGURES = ("sp", "op", "mode", "sif", "threat")
"""First parts of signals that figures need beside those of the requirements."""
LADDER = ("reason.output_guard", "operator.override")
"""Beginnings of signals without which a rung of the ladder could not be told from none."""


@dataclass(frozen=True)
class Job:
    """One block to run.

    Attributes
    ----------
    scenario : str
        Its id.
    variant : str
        ``main``; ``without-ai``; ``null`` and ``absent`` threats; ``repeat``; a mutant,
        ``remove:<layer>`` or ``break:<name>``; ``sweep`` or ``sweep.<parameter>=<factor>``.
    first, n : int
        Replicas.
    duration : Tick
        Length [ms].
    keep : bool
        Whether rows and witnesses go to the results folder.
    groups : int
        How often its replicas stand side by side, each time on another plant.
    """

    scenario: str
    variant: str
    first: int
    n: int
    duration: Tick
    keep: bool = False
    groups: int = 1

    @property
    def weight(self) -> int:
        """Roughly what it costs: ticks, each with a fixed part and one per replica."""
        return self.duration * (35 + self.n * self.groups)


def plan(suite: ResolvedSuite, replicas: int | None = None, only: tuple[str, ...] = ()) -> list[Job]:
    """Every job of a suite, the heaviest first.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    replicas : int or None
        Replaces every sample size; the run is then exploratory.
    only : tuple of str
        Scenarios to run; empty for all. Controls of others are left out.
    """
    chosen = [s for key, s in suite.scenarios.items() if not only or key in only]
    jobs = [job for scenario in chosen for job in _questions(suite, scenario, replicas)]
    jobs += _controls(suite, [s.id for s in chosen])
    jobs += _sweeps(suite, [s.id for s in chosen], replicas)
    return sorted(jobs, key=lambda job: -job.weight)


def sample(scenario: ResolvedScenario, replicas: int | None) -> int:
    """How many replicas a scenario runs."""
    return replicas or scenario.replicas


def _questions(suite: ResolvedSuite, scenario: ResolvedScenario, replicas: int | None) -> Iterator[Job]:
    total = sample(scenario, replicas)
    for variant in (MAIN, *comparisons(scenario)):
        size = block_size(suite, scenario, variant, total)
        for first in range(0, total, size):
            n = min(size, total - first)
            yield Job(scenario.id, variant, first, n, scenario.duration, keep=True)


def comparisons(scenario: ResolvedScenario) -> tuple[str, ...]:
    """Variants that its comparisons need."""
    compares = [r.compare for r in scenario.requirements.values() if r.compare is not None]
    return tuple(dict.fromkeys("without-" + "-".join(compare.without) for compare in compares))


def recorded(suite: ResolvedSuite, scenario: ResolvedScenario, variant: str) -> tuple[str, ...]:
    """Signals that a block records: all, or, where a day would not fit in memory, those that are needed."""
    signals = tuple(scenario.signals)
    if suite.spec.robustness and variant.partition(".")[0] == SWEEP:
        wanted = channels_of(suite.spec.robustness, scenario)
        return tuple(name for name in signals if name in wanted)
    if not variant.startswith("without-") and _bytes(scenario, len(signals)) * scenario.replicas < _room(
        suite
    ):
        return signals
    needed = needs(scenario, variant)
    return tuple(name for name in signals if name in needed)


def needs(scenario: ResolvedScenario, variant: str) -> set[str]:
    """Signals that are judged, and for the main variant those that are drawn."""
    spec = scenario.plant.spec
    found = {term.of for term in spec.cost_index} if comparisons(scenario) else set()
    found |= {f"true.{limit.quantity}" for limit in spec.safety_limits.values()}
    if variant.startswith("without-"):
        return found
    found |= {name for formula in scenario.formulas.values() for name in formula.signals}
    found |= {name for name in scenario.signals if name.startswith(LADDER)}
    return found | {name for name in scenario.signals if name.partition(".")[0] in FIGURES}


def block_size(suite: ResolvedSuite, scenario: ResolvedScenario, variant: str, total: int) -> int:
    """Replicas per block: as many as fit in half of a worker's memory, evenly divided."""
    each = _bytes(scenario, len(recorded(suite, scenario, variant)))
    most = max(int(_room(suite) // each), 1)
    blocks = -(-total // most)
    return -(-total // blocks)


def _bytes(scenario: ResolvedScenario, channels: int) -> int:
    ticks = scenario.duration // scenario.plant.spec.scan.base
    return 4 * ticks * channels


def _room(suite: ResolvedSuite) -> float:
    return 0.5 * suite.spec.budget.memory_per_worker


def _sweeps(suite: ResolvedSuite, chosen: list[str], replicas: int | None) -> Iterator[Job]:
    study = suite.spec.robustness
    for key in swept(suite) if study else ():
        if study and key in chosen:
            n, ends = min(replicas or study.replicas, study.replicas), length(study, suite.scenarios[key])
            yield Job(key, SWEEP, 0, n, ends, keep=True, groups=len(plants(study, SWEEP)))


def _controls(suite: ResolvedSuite, chosen: list[str]) -> Iterator[Job]:
    controls, durations = suite.spec.controls, {k: s.duration for k, s in suite.scenarios.items()}
    if controls.null_injection:
        for key in (k for k in controls.null_injection.of if k in chosen):
            for variant in (NULL, ABSENT):
                yield Job(key, variant, 0, NULL_REPLICAS, durations[key])
    if controls.repeat:
        for key in (k for k in controls.repeat.of or chosen if k in chosen):
            yield Job(key, REPEAT, 0, controls.repeat.replicas, durations[key])
    yield from _mutants(suite, chosen, durations)


def _mutants(suite: ResolvedSuite, chosen: list[str], durations: dict[str, Tick]) -> Iterator[Job]:
    mutants = suite.spec.controls.mutants
    if mutants is None:
        return
    named = [(f"remove:{name}", key) for name, key in mutants.remove.items()]
    named += [(f"break:{name}", key) for name, key in mutants.break_.items()]
    longest = mutants.longest or max(durations.values())
    for variant, key in named:
        if key in chosen:
            yield Job(key, variant, 0, mutants.replicas, min(durations[key], longest))
    # the builds that mutants are held against, where theirs is shorter than the question's own
    for key in dict.fromkeys(key for _, key in named if key in chosen and durations[key] > longest):
        for variant in (REPEAT, *comparisons(suite.scenarios[key])):
            yield Job(key, variant, 0, mutants.replicas, longest)
