"""The system under test as a block diagram: layers in their order, by Purdue level, with the taps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.report.figures.canvas import BLACK, BLUE, GREY, ORANGE, PALE, VERMILLION, Picture

LANES = (
    ("Level 3  AI host", 0.0), ("Level 2  operator, engineering", 1.0), ("Level 1  control (PLC)", 2.0),
    ("Level 0  process", 3.55), ("Level 1  safety (SIS)", 4.75),
)  # fmt: skip
"""Purdue levels from top to bottom, and where they stand."""

# name of a box: what it says, column and place from the top
_BOXES: Mapping[str, tuple[str, float, float]] = {
    "ai": ("AI policy", 3.7, 0.08),
    "network": ("other clients", 5.65, 1.0),
    "engineering": ("engineering", 7.0, 1.0),
    "operator": ("operator", 8.35, 1.0),
    "alarms": ("alarms", 11.05, 1.0),
    "input_guard": ("input guard", 1.4, 1.95),
    "monitor": ("drift monitor", 2.95, 2.82),
    "pid": ("PID", 5.65, 2.77),
    "watchdog": ("watchdog", 4.3, 1.95),
    "novelty": ("novelty", 5.65, 1.95),
    "output_guard": ("output guard", 7.0, 1.95),
    "config_check": ("config check", 8.35, 2.87),
    "modes": ("modes, shed", 8.35, 2.2),
    "final_clamp": ("final clamp", 9.7, 2.2),
    "readback": ("readback", 11.05, 2.2),
    "sensors": ("sensors", 1.4, 3.65),
    "plant": ("plant", 5.65, 3.65),
    "valves": ("actuators", 9.7, 3.65),
    "sis_sensors": ("own sensors", 2.6, 4.72),
    "sifs": ("safety functions", 5.65, 4.72),
    "elements": ("final elements", 8.7, 4.72),
}
_SIS = frozenset({"sis_sensors", "sifs", "elements"})
_ARROWS: tuple[tuple[str, str, str], ...] = (
    ("plant", "sensors", "sensor"), ("sensors", "input_guard", "uplink"), ("input_guard", "pid", ""),
    ("input_guard", "ai", "input"), ("ai", "watchdog", "runtime, policy, heartbeat, link, ai_write"),
    ("network", "watchdog", "network"),
    ("watchdog", "novelty", ""), ("novelty", "output_guard", ""), ("watchdog", "output_guard", ""),
    ("output_guard", "modes", "guard"), ("pid", "modes", ""),
    ("modes", "final_clamp", ""), ("final_clamp", "valves", "downlink, actuator"),
    ("valves", "readback", ""), ("readback", "alarms", ""), ("alarms", "operator", ""),
    ("operator", "modes", "panel, operator"), ("engineering", "output_guard", "config"),
    ("input_guard", "monitor", ""), ("config_check", "modes", ""),
    ("valves", "plant", "process"), ("plant", "sis_sensors", "sif_sensor"),
    ("sis_sensors", "sifs", ""), ("sifs", "elements", ""), ("elements", "plant", ""),
)  # fmt: skip
"""From, to, and the taps that lie between, by name."""
_HALF, _HIGH = 0.6, 0.2


@dataclass(frozen=True)
class System:
    """One plant: what each box says below its name, and how many scenarios strike each tap."""

    title: str
    boxes: Mapping[str, str]
    taps: Mapping[str, int]


def picture(system: System, name: str) -> Picture:
    """The diagram."""
    present = [key for key in _BOXES if key in system.boxes]
    layers = ", ".join(f"{_BOXES[key][0]} {system.boxes[key]}".strip() for key in present)
    struck = ", ".join(f"{tap} in {n}" for tap, n in system.taps.items() if n) or "none"
    alt = f"{system.title}: layers in their order: {layers}. Taps struck by scenarios: {struck}."
    return Picture(name, alt, (11.0, 5.4), partial(_paint, system))


def _paint(system: System, drawn: Any) -> None:
    axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(-1.0, 11.9)
    axes.set_ylim(5.55, -0.75)
    axes.axis("off")
    axes.text(-0.95, -0.55, system.title, fontsize=10, fontweight="bold", va="center")
    _lanes(axes)
    arrows = [one for one in _ARROWS if {one[0], one[1]} <= system.boxes.keys()]
    if "novelty" in system.boxes:  # it stands between the two
        arrows.remove(("watchdog", "output_guard", ""))
    for start, end, _ in arrows:
        _arrow(axes, start, end)
    for key in _BOXES:
        if key in system.boxes:
            _box(axes, key, system.boxes[key])
    for start, end, taps in arrows:
        if taps:
            _flags(axes, system, start, end, taps.split(", "))
    _legend(axes)


def _lanes(axes: Any) -> None:
    from matplotlib.patches import Rectangle

    bounds = (-0.38, 0.5, 1.5, 3.18, 4.2, 5.2)
    for k, (name, _) in enumerate(LANES):
        look: dict[str, Any] = {
            "facecolor": "#F7F7F5" if k % 2 == 0 else "white",
            "edgecolor": PALE,
            "linewidth": 0.6,
        }
        axes.add_patch(Rectangle((-0.97, bounds[k]), 12.84, bounds[k + 1] - bounds[k], zorder=0, **look))
        axes.text(-0.9, bounds[k] + 0.05, name, fontsize=7.5, color=GREY, va="top", zorder=1)


def _box(axes: Any, key: str, told: str) -> None:
    from matplotlib.patches import Rectangle

    label, x, y = _BOXES[key]
    edge = BLUE if key in _SIS else VERMILLION if key == "ai" else BLACK
    look: dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": edge,
        "linewidth": 1.6 if edge != BLACK else 1.0,
    }
    style = "--" if key == "ai" else "-"
    axes.add_patch(Rectangle((x - _HALF, y - _HIGH), 2 * _HALF, 2 * _HIGH, zorder=4, linestyle=style, **look))
    middle: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5}
    axes.text(x, y - (0.075 if told else 0.0), label, fontsize=8, fontweight="bold", **middle)
    if told:
        axes.text(x, y + 0.09, told, fontsize=6.6, color=BLACK, **middle)


def _ends(start: str, end: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow leaves and meets the boxes: on the sides that face each other."""
    (_, x0, y0), (_, x1, y1) = _BOXES[start], _BOXES[end]
    across, down = x1 - x0, y1 - y0
    if abs(across) >= 2 * _HALF and (abs(down) < 0.9 or abs(across) > 2.5 * abs(down)):
        side = 1 if across > 0 else -1
        return (x0 + side * _HALF, y0), (x1 - side * _HALF, y1)
    side = 1 if down > 0 else -1
    return (x0, y0 + side * _HIGH), (x1, y1 - side * _HIGH)


def _arrow(axes: Any, start: str, end: str) -> None:
    begin, there = _ends(start, end)
    own = start in _SIS or end in _SIS
    look = {
        "arrowstyle": "-|>",
        "color": BLUE if own else BLACK,
        "linewidth": 1.0,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", xy=there, xytext=begin, arrowprops=look, zorder=3)


def _flags(axes: Any, system: System, start: str, end: str, taps: Collection[str]) -> None:
    """Taps along an arrow: filled where a scenario strikes, with how many do."""
    (x0, y0), (x1, y1) = _ends(start, end)
    for k, tap in enumerate(taps):
        share = (k + 1) / (len(taps) + 1)
        x, y, n = x0 + share * (x1 - x0), y0 + share * (y1 - y0), system.taps.get(tap, 0)
        axes.plot(
            [x],
            [y],
            marker="D",
            markersize=6,
            color=ORANGE if n else "white",
            markeredgecolor=BLACK,
            zorder=6,
        )
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
        axes.text(x + 0.1, y, f"{tap} {n}" if n else tap, fontsize=7, va="center", bbox=box, zorder=6)


def _legend(axes: Any) -> None:
    axes.plot([3.2], [5.38], marker="D", markersize=6, color=ORANGE, markeredgecolor=BLACK)
    axes.text(3.32, 5.38, "tap struck, by so many scenarios", fontsize=7.5, va="center")
    axes.plot([5.75], [5.38], marker="D", markersize=6, color="white", markeredgecolor=BLACK)
    axes.text(5.87, 5.38, "tap not struck", fontsize=7.5, va="center")
    axes.text(7.1, 5.38, "dashed: no credit as a layer", fontsize=7.5, va="center")
