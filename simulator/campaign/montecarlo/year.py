"""A campaign's counts as demands per plant-year: the AI against its fallback, on the same disturbances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.assess.demand import ANY, Event, Quiet, against, of_quiet, of_year, plain
from simulator.assess.rates import Bounded, ratio
from simulator.campaign.jobs import MAIN
from simulator.campaign.montecarlo.plan import WITHOUT, of_the_ai
from simulator.campaign.montecarlo.sizes import YEAR
from simulator.scenario.resolved import ResolvedSuite
from simulator.scenario.schema.year import Event as Told
from simulator.scenario.schema.year import Year

Data = dict[str, Any]
Counts = Mapping[tuple[str, str], Data]
"""What each question in each variant counts up to."""
BOTH = (MAIN, WITHOUT)
METHOD = (
    "Quiet time is simulated directly, from rest, until the first demand or the end of a run; demands per",
    "year by Garwood's exact Poisson interval. Each initiating event is simulated on condition that it has",
    "come, with a size and at a moment that are drawn; its probability of a demand (Clopper-Pearson) times",
    "its frequency. Half of the permitted error goes to the quiet time, half to the events in equal parts,",
    "and the ends are added: the interval covers at least as often as it says. Frequencies are taken as",
    "exact.",
)
NOT_MEASURED = (
    "two events at once, and an event while another one stands",
    "failures of the safety function itself, of utilities and of people: no SIL and no PFD follows from it",
    "anything that takes longer than a run: wear, fouling, drift over weeks",
    "what the frequencies are on the site",
)


def year_of(suite: ResolvedSuite, year: Year, counts: Counts, confidence: float, asked: float) -> Data:
    """The part ``year`` of ``campaign.json``.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    year : Year
        What its questions stand for.
    counts : mapping
        From `tallied`, by question and variant.
    confidence : float
        Of every interval.
    asked : float
        Plant-years that were asked for.
    """
    sums = {variant: _Sum.of(suite, year, counts, variant) for variant in BOTH}
    added, saved = (sums[MAIN].of_pairs(year, counts, which) for which in ("only_with_ai", "only_without"))
    return {
        "source": year.source,
        "plant_years": asked,
        "method": " ".join(METHOD),
        "not_measured": list(NOT_MEASURED),
        "totals": {variant: one.told(confidence) for variant, one in sums.items()},
        "ratio": _ratio(sums, confidence),
        "added": plain(added.rate(confidence)),
        "saved": plain(saved.rate(confidence)),
        "quiet": [_quiet(suite, counts, name, share, confidence) for name, share in year.quiet.items()],
        "events": [_event(suite, counts, event, confidence) for event in year.events],
        "phases": [_phase(sums, phase, confidence) for phase in _phases(sums[MAIN])],
    }


@dataclass(frozen=True)
class _Sum:
    """A year in one variant."""

    quiet: tuple[Quiet, ...]
    events: tuple[Event, ...]

    @classmethod
    def of(cls, suite: ResolvedSuite, year: Year, counts: Counts, variant: str) -> _Sum:
        """All quiet time, and those events that can happen to the variant."""
        quiet = (_as_quiet(suite, name, share, counts[name, variant]) for name, share in year.quiet.items())
        events = (e for e in year.events if (e.of, variant) in counts)
        return cls(tuple(quiet), tuple(_as_event(suite, e, counts[e.of, variant]) for e in events))

    def of_pairs(self, year: Year, counts: Counts, which: str) -> _Sum:
        """Demands in one variant and not in the other, on the same day; what only an AI can do is its own."""
        names = list(year.quiet)
        quiet = (
            replace(one, demands={ANY: counts[name, MAIN]["pairs"][which]})
            for name, one in zip(names, self.quiet, strict=True)
        )
        events = (
            replace(one, demands={ANY: _alone(counts[e.of, MAIN], which)})
            for e, one in zip(year.events, self.events, strict=True)
        )
        return _Sum(tuple(quiet), tuple(events))

    def of_phase(self, phase: str) -> _Sum:
        """What begins in one phase."""
        quiet = tuple(one for one in self.quiet if one.phase == phase)
        return _Sum(quiet, tuple(one for one in self.events if one.phase == phase))

    def rate(self, confidence: float, of: str = ANY) -> Bounded:
        """Demands per plant-year."""
        return of_year(self.quiet, self.events, confidence, of)

    def told(self, confidence: float) -> Data:
        """Whole, by safety function, and its quiet part."""
        every = [one.demands for one in self.quiet] + [one.demands for one in self.events]
        names = dict.fromkeys(name for demands in every for name in demands)
        whole = sum(one.exposure for one in self.quiet)
        return {
            "rate": plain(self.rate(confidence)),
            "by_sif": {name: plain(self.rate(confidence, name)) for name in names if name != ANY},
            "quiet": plain(of_quiet(self.quiet, confidence)),
            "quiet_demands": sum(one.demands.get(ANY, 0) for one in self.quiet),
            "simulated_years": whole,
        }


def _alone(counts: Data, which: str) -> int:
    """Runs of an event with a demand in one variant only."""
    pairs: dict[str, int] = counts.get("pairs") or {"only_with_ai": counts["demands"][ANY], "only_without": 0}
    return pairs[which]


def _as_quiet(suite: ResolvedSuite, name: str, share: float, counts: Data) -> Quiet:
    question = suite.scenarios[name]
    doubtful = counts["unknown"] * question.duration / YEAR
    return Quiet(share, question.spec.phase, counts["exposure"] / YEAR, doubtful, counts["demands"])


def _as_event(suite: ResolvedSuite, event: Told, counts: Data) -> Event:
    phase = suite.scenarios[event.of].spec.phase
    return Event(event.frequency, phase, counts["runs"], counts["unknown"], counts["demands"])


def _ratio(sums: Mapping[str, _Sum], confidence: float) -> Data:
    """The AI's rate over the fallback's; each gets half of the permitted error."""
    each = 1.0 - 0.5 * (1.0 - confidence)
    return plain(against(sums[MAIN].rate(each), sums[WITHOUT].rate(each)))


def _quiet(suite: ResolvedSuite, counts: Counts, name: str, share: float, confidence: float) -> Data:
    found = {variant: _as_quiet(suite, name, share, counts[name, variant]) for variant in BOTH}
    mine, other = (found[variant].demands[ANY] for variant in BOTH)
    exposures = found[MAIN].exposure / found[WITHOUT].exposure if found[WITHOUT].exposure else 1.0
    charge = counts[name, MAIN]["in_charge"] / max(counts[name, MAIN]["exposure"], 1)
    return {
        "scenario": name,
        "phase": found[MAIN].phase,
        "share": share,
        "ai_in_charge": charge,
        "variants": {variant: _lived(one, confidence) for variant, one in found.items()},
        "ratio": plain(ratio(mine, other, confidence, exposures)),
    }


def _lived(quiet: Quiet, confidence: float) -> Data:
    return {
        "demands": dict(quiet.demands),
        "years": quiet.exposure,
        "doubtful_years": quiet.doubtful,
        "rate": plain(of_quiet([quiet], confidence)),
    }


def _event(suite: ResolvedSuite, counts: Counts, event: Told, confidence: float) -> Data:
    there = {v: _as_event(suite, event, counts[event.of, v]) for v in BOTH if (event.of, v) in counts}
    told = {variant: _come(one, confidence) for variant, one in there.items()}
    mine, other = (there[v].demands[ANY] if v in there else None for v in BOTH)
    return {
        "scenario": event.of,
        "event": event.event,
        "phase": there[MAIN].phase,
        "frequency": event.frequency,
        "of_the_ai": of_the_ai(suite.scenarios[event.of]),
        "variants": told,
        "ratio": None if mine is None or other is None else plain(ratio(mine, other, confidence)),
        "pairs": counts[event.of, MAIN].get("pairs"),
    }


def _come(event: Event, confidence: float) -> Data:
    return {
        "runs": event.runs,
        "doubtful": event.doubtful,
        "demands": dict(event.demands),
        "probability": plain(event.probability(confidence)),
        "rate": plain(event.rate(confidence)),
    }


def _phases(whole: _Sum) -> Iterable[str]:
    return dict.fromkeys([one.phase for one in whole.quiet] + [one.phase for one in whole.events])


def _phase(sums: Mapping[str, _Sum], phase: str, confidence: float) -> Data:
    """What begins in a phase adds so much to the year."""
    parts = {variant: one.of_phase(phase) for variant, one in sums.items()}
    told = {variant: plain(one.rate(confidence)) for variant, one in parts.items()}
    return {"phase": phase, "variants": told, "ratio": _ratio(parts, confidence)}
