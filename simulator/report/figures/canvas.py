"""The common style of all figures, and a figure as text that is the same for the same results."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE = "#6B6B6B", "#D9D9D9"
"""The palette of Okabe and Ito, with two greys."""
LARGEST = 40.0
"""No figure is wider or higher, whatever a folder holds [inch]."""
MAKER = "plantproof"
"""Written into every image file: what is not ours is never overwritten."""

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "plantproof",
    "text.parse_math": False,
    "font.size": 9.0,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # where it stands is not searched for, which takes as long as drawing it
    "axes.formatter.useoffset": False,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "hatch.linewidth": 0.6,
}


@dataclass(frozen=True)
class Picture:
    """A figure that is not drawn yet.

    Attributes
    ----------
    name : str
        Sets the ids inside this figure apart from those of the others; also its file's name.
    alt : str
        What a reader who does not see it is told.
    size : tuple of float
        Width and height [inch].
    paint : callable
        Draws on an empty figure, or on a part of one.
    """

    name: str
    alt: str
    size: tuple[float, float]
    paint: Callable[[Any], None]


def svg(picture: Picture) -> Markup:
    """The picture as an inline SVG element, the same text for the same results."""
    buffer = io.StringIO()
    with _drawn(picture) as figure:
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{re.sub(r'[^A-Za-z0-9]', '-', picture.name)}-", text)
    text = re.sub(r'\bd="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), text)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{escape(picture.alt)}" ', 1))


def png(picture: Picture, dpi: int) -> bytes:
    """The picture as a PNG, the same bytes for the same results."""
    buffer = io.BytesIO()
    with _drawn(picture) as figure:
        figure.savefig(
            buffer, format="png", dpi=dpi, metadata={"Software": MAKER, "Description": picture.alt}
        )
    return buffer.getvalue()


def together(name: str, alt: str, pictures: Sequence[Picture], columns: int = 2) -> Picture:
    """Pictures of one size side by side in one picture."""
    rows = -(-len(pictures) // columns)
    width, height = pictures[0].size

    def paint(figure: Any) -> None:
        places = figure.subfigures(rows, columns, squeeze=False).ravel()
        for place, picture in zip(places, pictures, strict=False):
            picture.paint(place)

    return Picture(name, alt, (columns * width, rows * height), paint)


def logarithmic(axis: Any) -> None:
    """Plain numbers on the decades of a logarithmic axis, none between them."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


@contextmanager
def _drawn(picture: Picture) -> Iterator[Figure]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a stranger's names may have letters the font has not
        width, height = picture.size
        figure = Figure(figsize=(min(width, LARGEST), min(height, LARGEST)))
        picture.paint(figure)
        yield figure
