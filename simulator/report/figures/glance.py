"""The suite at a glance: a cell per scenario and requirement, its verdict by colour and symbol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.report.figures.canvas import GREEN, GREY, ORANGE, PALE, VERMILLION, Picture
from simulator.report.words import SYMBOLS

Data = Mapping[str, Any]
_LOOK = {
    "PASS": (GREEN, "", "white"),
    "FAIL": (VERMILLION, "", "white"),
    "INCONCLUSIVE": (ORANGE, "", "black"),
    "NOT ASSESSED": ("white", "////", "black"),
}
_BOTTOM, _LETTER = 0.42, 0.085


@dataclass(frozen=True)
class Map:
    """What is drawn: the rulings of each row, and the columns with the class of their requirement."""

    rows: tuple[tuple[str, tuple[Data, ...]], ...]
    columns: Mapping[str, str]

    @property
    def cell(self) -> float:
        """Side of a cell [inch]; many columns are set closer."""
        return 0.32 if len(self.columns) <= 28 else 0.25

    @property
    def left(self) -> float:
        """Room for the names of the rows [inch]."""
        return 0.25 + _LETTER * max((len(_short(key)) for key, _ in self.rows), default=0)

    @property
    def top(self) -> float:
        """Room for the names of the columns [inch]."""
        return 0.2 + _LETTER * max((len(_head(*one)) for one in self.columns.items()), default=0)

    @property
    def size(self) -> tuple[float, float]:
        """Of the whole picture [inch]."""
        width = max(6.0, self.left + self.cell * len(self.columns) + 0.1)
        return width, self.top + self.cell * len(self.rows) + _BOTTOM


def picture(scenarios: Sequence[Data], checks: Sequence[Data]) -> Picture:
    """The map.

    Parameters
    ----------
    scenarios : sequence of mapping
        ``id`` and ``requirements``, as they were judged.
    checks : sequence of mapping
        The judged design checks: the last row.
    """
    rows = [(str(s["id"]), tuple(s["requirements"])) for s in scenarios]
    rows += [("design checks", tuple(checks))] if checks else []
    classes = {str(r["id"]): str(r.get("class") or "") for _, rulings in rows for r in rulings}
    shown = Map(tuple(rows), dict(sorted(classes.items())))
    told = "; ".join(f"{key}: {_told(rulings)}" for key, rulings in rows)
    return Picture("glance", f"Verdict of every requirement. {told}", shown.size, partial(_paint, shown))


def _told(rulings: Sequence[Data]) -> str:
    counted = Counter(str(ruling["verdict"]) for ruling in rulings)
    return ", ".join(f"{n} {verdict}" for verdict, n in sorted(counted.items())) or "nothing was judged"


def _paint(shown: Map, drawn: Any) -> None:
    axes = drawn.add_subplot()
    width, height = drawn.get_size_inches()
    left, top = shown.left / width, 1 - shown.top / height
    right = min(1 - 0.08 / width, left + shown.cell * len(shown.columns) / width)
    drawn.subplots_adjust(left=left, right=right, bottom=_BOTTOM / height, top=top)
    places = {name: x for x, name in enumerate(shown.columns)}
    for y, (_, rulings) in enumerate(shown.rows):
        for ruling in rulings:
            _cell(axes, places[str(ruling["id"])], y, str(ruling["verdict"]))
    _ticks(axes, [_short(key) for key, _ in shown.rows], [_head(*one) for one in shown.columns.items()])
    _legend(drawn, width)


def _cell(axes: Any, x: int, y: int, verdict: str) -> None:
    from matplotlib.patches import Rectangle

    colour, hatch, ink = _LOOK.get(verdict, (PALE, "", "black"))
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": GREY, "hatch": hatch, "linewidth": 0.6}
    axes.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, **look))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
    middle: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 10}
    axes.text(x, y, SYMBOLS.get(verdict, "!"), color=ink, bbox=box, **middle)


def _ticks(axes: Any, rows: Sequence[str], names: Sequence[str]) -> None:
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(color=PALE, linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _legend(drawn: Any, width: float) -> None:
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": GREY, "linewidth": 0.6}
    keys = [
        Patch(facecolor=colour, hatch=hatch, label=f"{SYMBOLS[verdict]} {verdict}", **edge)
        for verdict, (colour, hatch, _) in _LOOK.items()
    ]
    keys.append(Patch(facecolor="white", edgecolor="none", label="blank: not asked"))
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.1 / width, 0.0)}
    drawn.legend(handles=keys, ncols=len(keys), handlelength=1.2, columnspacing=1.2, **where)


def _head(name: str, grade: str) -> str:
    return f"{_short(name)} {grade}".rstrip()


def _short(text: str, most: int = 20) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
