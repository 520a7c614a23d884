"""What held without each layer: a cell per layer and question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from simulator.report.figures.canvas import GREY, PALE, Picture
from simulator.report.figures.held import LOOK
from simulator.report.words import RUNGS

Data = Mapping[str, Any]
_SIGN = {"UNSAFE": "✗", "next layer held": "▲", "held": "", "undecided": "?"}
_CELL, _LEFT, _TOP, _BOTTOM = 0.3, 1.3, 1.35, 0.75


def picture(found: Data) -> Picture:
    """The matrix.

    Parameters
    ----------
    found : mapping
        An ``ablate.json``.
    """
    layers, questions = found["layers"], found["questions"]
    told = "; ".join(f"{key}: {_told(one)}" for key, one in questions.items())
    alt = f"The outermost layer that had to act without each layer. {told}"
    size = (max(7.0, _LEFT + _CELL * len(questions) + 0.1), _TOP + _CELL * len(layers) + _BOTTOM)
    return Picture("ablation", alt, size, partial(_paint, layers, questions))


def outermost(cell: Data) -> str:
    """The rung farthest out that any replica came to without the layer."""
    return str(max(cell["rungs"], key=RUNGS.index))


def _told(question: Data) -> str:
    cells = question["cells"].items()
    return (
        ", ".join(f"without {layer} {cell['word']}" for layer, cell in cells if "rungs" in cell) or "nothing"
    )


def _paint(layers: list[str], questions: Data, drawn: Any) -> None:
    width, height = drawn.get_size_inches()
    axes = drawn.add_subplot()
    right = (_LEFT + _CELL * len(questions)) / width
    drawn.subplots_adjust(left=_LEFT / width, right=right, bottom=_BOTTOM / height, top=1 - _TOP / height)
    for x, question in enumerate(questions.values()):
        for y, layer in enumerate(layers):
            _cell(axes, x, y, question["cells"][layer])
    axes.set_xticks(range(len(questions)), list(questions), rotation=90, fontsize=8)
    axes.set_yticks(range(len(layers)), [layer.replace("_", " ") for layer in layers])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_xlim(-0.5, len(questions) - 0.5)
    axes.set_ylim(len(layers) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _legend(drawn, width)


def _cell(axes: Any, x: int, y: int, cell: Data) -> None:
    from matplotlib.patches import Rectangle

    if cell["word"] == "not there":
        return
    colour, hatch, ink = LOOK[outermost(cell)] if "rungs" in cell else ("white", "////", "black")
    look: dict[str, Any] = {"edgecolor": GREY if "rungs" in cell else PALE, "linewidth": 0.5}
    axes.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, facecolor=colour, hatch=hatch, **look))
    sign = _SIGN.get(cell["word"], "")
    if sign:
        box = {"facecolor": colour, "edgecolor": "none", "pad": 0.6} if hatch else None
        middle: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 9}
        axes.text(x, y, sign, color=ink, bbox=box, **middle)


def _legend(drawn: Any, width: float) -> None:
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": GREY, "linewidth": 0.5}
    keys = [Patch(facecolor=LOOK[rung][0], hatch=LOOK[rung][1], label=rung, **edge) for rung in RUNGS]
    keys.append(Patch(facecolor="white", hatch="////", edgecolor=PALE, label="not called upon"))
    for sign, text in (("✗", "a limit is lost"), ("▲", "a requirement is lost, or a layer further out acts")):
        keys.append(Patch(facecolor="white", edgecolor="none", label=f"{sign} {text}"))
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.05 / width, 0.0)}
    drawn.legend(handles=keys, ncols=5, handlelength=1.2, columnspacing=1.1, **where)
