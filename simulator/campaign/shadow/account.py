"""What the AI would have done, and what would have stopped it: figures, and a list of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.shadow.play import Stretch
from simulator.campaign.shadow.setup import Setup
from simulator.core.states import INPUT_REASON, MODE_REASON, OUTPUT_REASON

_INPUT, _OUTPUT, _MODE = (
    {number: name for name, number in table.items()} for table in (INPUT_REASON, OUTPUT_REASON, MODE_REASON)
)
Flags = NDArray[np.bool_]


def account(setup: Setup, played: Sequence[Stretch]) -> dict[str, Any]:
    """Figures by loop and by input, as plain data; times in seconds.

    Returns
    -------
    dict
        ``known`` and ``unknown`` time; per loop ``in_charge`` (share of the known time), ``sheds`` and
        ``refused`` writes by reason, distance of what the AI asked from what stood; per tag ``bad`` time
        by reason.
    """
    second = setup.grid.period / 1000.0
    seen = sum(one.end - one.first for one in played)
    return {
        "known": seen * second,
        "unknown": (setup.grid.n_ticks - seen) * second,
        "stretches": len(played),
        "loops": {loop: _loop(setup, played, loop) for loop in setup.ai.loops},
        "inputs": {tag: _input(played, tag, second) for tag in setup.plant.spec.input_guard},
    }


def _loop(setup: Setup, played: Sequence[Stretch], loop: str) -> dict[str, Any]:
    kind = "sp" if setup.ai.mode == "RCAS" else "op"
    active, target, stood, why = (
        _joined(played, name)
        for name in (f"ai_active.{loop}", f"target.{loop}", f"{kind}.{loop}", _reason(setup, loop))
    )
    apart = np.abs(target - stood)
    apart = apart[np.isfinite(apart)]
    return {
        "unit": setup.signals[f"target.{loop}"].unit,
        "in_charge": float(np.mean(active > 0)),
        "sheds": _counted(_MODE[code] for one in played for _, code in _sheds(one, loop)),
        "refused": _counted(
            _OUTPUT[int(code)] for code in why[_asks(setup, played) & (active > 0)] if code > 0
        ),
        "apart_mean": float(apart.mean()) if len(apart) else None,
        "apart_most": float(apart.max()) if len(apart) else None,
    }


def _reason(setup: Setup, loop: str) -> str:
    return f"reason.output_guard{f'.{loop}' if len(setup.ai.loops) > 1 else ''}"


def _asks(setup: Setup, played: Sequence[Stretch]) -> Flags:
    """Ticks at which the AI was asked."""
    every = setup.plant.spec.scan.ai // setup.grid.period
    return np.concatenate([np.arange(one.end - one.first) % every == 0 for one in played])


def _input(played: Sequence[Stretch], tag: str, second: float) -> dict[str, Any]:
    codes = np.concatenate([one.reasons[tag] for one in played])
    bad = _joined(played, f"quality.{tag}") > 0
    by = {_INPUT[int(code)]: float(np.sum(bad & (codes == code)) * second) for code in np.unique(codes[bad])}
    return {"bad": float(bad.sum() * second), "by_reason": by}


def _joined(played: Sequence[Stretch], name: str) -> NDArray[np.float64]:
    return np.concatenate([one.traces.data[name][:, 0] for one in played]).astype(float)


def _counted(names: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def _sheds(one: Stretch, loop: str) -> Iterator[tuple[int, int]]:
    """Tick and reason of each loss of the loop."""
    active = one.traces.data[f"ai_active.{loop}"][:, 0] > 0
    reasons = one.traces.data["reason.mode"][:, 0]
    for tick in np.flatnonzero(active & ~np.append(active[1:], True)) + 1:
        yield int(tick), int(reasons[tick])
    if len(active) and not active[0]:
        yield 0, int(reasons[0])


def events(setup: Setup, played: Sequence[Stretch]) -> list[Mapping[str, Any]]:
    """Every shed, return and bad input in order of time [s from the first stamp]."""
    second = setup.grid.period / 1000.0
    found: list[dict[str, Any]] = []
    for one in played:
        found.append({"at": round(one.first * second, 3), "what": "known", "of": "record", "why": ""})
        for loop in setup.ai.loops:
            active = one.traces.data[f"ai_active.{loop}"][:, 0] > 0
            back = np.flatnonzero(~active[:-1] & active[1:]) + 1
            sheds = [(t, "shed", loop, _MODE[code]) for t, code in _sheds(one, loop)]
            found += [_event(one, second, *each) for each in sheds]
            found += [_event(one, second, int(t), "given back", loop, "") for t in back]
        for tag, codes in one.reasons.items():
            bad = one.traces.data[f"quality.{tag}"][:, 0] > 0
            begins = np.flatnonzero(bad & ~np.insert(bad[:-1], 0, False))
            found += [_event(one, second, int(t), "bad", tag, _INPUT[int(codes[t])]) for t in begins]
        found.append({"at": round(one.end * second, 3), "what": "unknown or ends", "of": "record", "why": ""})
    return sorted(found, key=lambda event: event["at"])


def _event(one: Stretch, second: float, tick: int, what: str, of: str, why: str) -> dict[str, Any]:
    return {"at": round((one.first + tick) * second, 3), "what": what, "of": of, "why": why}
