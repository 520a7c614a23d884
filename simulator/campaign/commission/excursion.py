"""How far the plant runs while a silent AI is not yet noticed: one watchdog time, its last output held."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.build.names import Names

Reals = NDArray[np.float64]


def excursions(
    names: Names, silence: int, positions: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Largest fall and rise of the states in the operating envelope, from its corners.

    Parameters
    ----------
    names : Names
        Plant and physics.
    silence : int
        Time without control [ms].
    positions : mapping of str to (float, float)
        Least and greatest position of each control valve on normal days [%]: it stays at one of them.

    Returns
    -------
    dict of str to (float, float)
        Least and greatest change by quantity of the envelope.
    """
    spec, units = names.plant, names.quantities
    states = [name for name in spec.operating_envelope if name in dict(names.physics.STATES)]
    ends = [[end.to(units[name]) for end in spec.operating_envelope[name]] for name in states]
    corners = list(product(*ends, *(positions[tag] for tag in names.valves)))
    true = names.physics.initial(len(corners))
    drive = np.repeat(np.array([[v] for v in names.nominal.values()]), len(corners), axis=1)
    table = np.array(corners).T
    for k, name in enumerate(states):
        true[list(units).index(name)] = table[k]
    for k, valve in enumerate(names.valves.values()):
        drive[list(names.inputs).index(valve.drives)] = table[len(states) + k]
    begin, base = true.copy(), spec.scan.base
    for _ in range(silence // base):
        names.physics.advance(true, drive, base / 1000.0)
    moved = {name: (true - begin)[list(units).index(name)] for name in spec.operating_envelope}
    return {name: (min(float(m.min()), 0.0), max(float(m.max()), 0.0)) for name, m in moved.items()}
