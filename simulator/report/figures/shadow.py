"""A history as the AI would have met it: what was measured, what stood, what it asked, who had the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.figures.canvas import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, VERMILLION, Picture

_MOST = 4000
"""Points of a line: of more, every so many-th is drawn."""
_BEYOND = 0.15
"""Share of the measured span that the AI's wishes may take of the axis beyond it."""


@dataclass(frozen=True)
class Drawn:
    """One loop.

    Attributes
    ----------
    loop, unit, measured_unit, mode : str
        Its tag, the unit of what the AI writes, that of the PV, and the mode of the AI.
    stretches : sequence of mapping
        ``time`` [s], ``measured``, ``stood``, ``asked``, ``admitted``, ``in_charge``; shape (n_ticks,).
    length : float
        Of the whole record [s].
    """

    loop: str
    unit: str
    measured_unit: str
    mode: str
    stretches: Sequence[Mapping[str, NDArray[Any]]]
    length: float


def picture(drawn: Drawn) -> Picture:
    """The loop over the record: values above, who had the loop below; unknown time is grey."""
    alt = (
        f"{drawn.loop}: measured, standing and asked values over {drawn.length / 3600:.3g} h of recorded data"
    )
    return Picture(f"shadow-{drawn.loop}", alt, (9.0, 4.2), lambda figure: _paint(figure, drawn))


def _paint(figure: Any, drawn: Drawn) -> None:
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    figure.subplots_adjust(left=0.08, right=0.98, top=0.9, bottom=0.12, hspace=0.12)
    scale, name = (3600.0, "h") if drawn.length > 7200 else (1.0, "s")
    together = drawn.mode == "RCAS"
    lines = [("stood", "stood", GREY), ("asked", "asked by the AI", ORANGE), ("admitted", "admitted", BLUE)]
    lines += [("measured", "measured", BLACK)] if together else []
    for axis in (above, below):
        axis.set_facecolor(PALE)
    for k, one in enumerate(drawn.stretches):
        time = one["time"] / scale
        for axis in (above, below):
            axis.axvspan(time[0], time[-1], color="white", zorder=0)
        step = max(len(time) // _MOST, 1)
        for key, label, colour in lines:
            above.plot(time[::step], one[key][::step], color=colour, lw=0.9, label=label if k == 0 else None)
        active = one["in_charge"] > 0
        below.fill_between(time, 0, 1, where=active, color=GREEN, step="post", lw=0)
        below.fill_between(time, 0, 1, where=~active, color=VERMILLION, step="post", lw=0)
    _limits(above, drawn)
    above.set_title(f"{drawn.loop}, open loop: the plant did not feel the AI")
    above.set_ylabel(f"{'setpoint, PV' if together else 'output'} [{drawn.unit}]")
    above.legend(ncol=4, loc="upper right")
    below.set_yticks([])
    below.set_ylabel("AI", rotation=0, ha="right", va="center")
    below.set_xlabel(
        f"time since the first sample [{name}]; green: the AI would have the loop, grey: unknown"
    )
    below.set_xlim(0.0, drawn.length / scale)


def _limits(axis: Any, drawn: Drawn) -> None:
    """An axis for what was measured and stood; wild wishes of the AI leave it."""
    keys = ("stood", "admitted", *(("measured",) if drawn.mode == "RCAS" else ()))
    values = np.concatenate([one[key] for one in drawn.stretches for key in keys]).astype(float)
    values = values[np.isfinite(values)]
    if len(values):
        room = _BEYOND * max(float(np.ptp(values)), 1e-6 + 1e-3 * abs(float(values[0])))
        axis.set_ylim(values.min() - room, values.max() + 2.5 * room)
