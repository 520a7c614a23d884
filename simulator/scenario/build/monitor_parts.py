"""The layers that compare the plant with its commissioning file."""

from __future__ import annotations

from simulator.engine.layer import Periods
from simulator.safeguards.monitor import Monitor, Term, Watched
from simulator.safeguards.novelty import Novelty, Plane
from simulator.scenario.build.names import Names
from simulator.scenario.schema.commissioning import Commissioning, DriftModel


def monitor(names: Names, found: Commissioning | None, variant: str, periods: Periods) -> Monitor | None:
    """The drift monitor of one variant of the AI; None where the plant has none."""
    about = names.plant.monitor
    if about is None or found is None:
        return None
    models = found.variants[variant].monitor
    signals = tuple(_watched(names, models[name]) for name in about.signals)
    return Monitor(signals, periods.plc, about.period // periods.plc)


def _watched(names: Names, m: DriftModel) -> Watched:
    what = _term(names, m.explain)
    by, changes = (tuple(_term(names, name) for name in some) for some in (m.by, m.changes))
    return Watched(what, by, changes, m.intercept, m.slopes, m.memory, m.sigma, m.slack, m.limit)


def _term(names: Names, name: str) -> Term:
    about = names.plant.monitor
    duty = about.duties.get(name) if about else None
    parts = (duty.flow, duty.warm, duty.cold) if duty else (name,)
    return tuple(names.measured.index(tag) for tag in parts)


def novelty(names: Names, found: Commissioning | None, variant: str) -> Novelty | None:
    """Novelty of one variant's inputs; None where the plant has none."""
    about = names.plant.novelty
    if about is None or found is None:
        return None
    m = found.variants[variant].novelty
    if m is None:
        return None
    rows = tuple(names.measured.index(tag) for tag in m.tags)
    return Novelty(Plane(rows, m.centre, m.scale, m.axes, m.variances, m.t2, m.spe), about.cycles)
