"""The report: a self-contained HTML file made from a results folder alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.record.layout import Layout
from simulator.record.writer import put
from simulator.report import front, identity, tables, words
from simulator.report.contents import LATER, SECTIONS, Parts, Section
from simulator.report.folder import DAMAGED, Folder, load

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_COVER: Parts = {
    "cover": (tables.finding, {"said": "NOT READY", "judged": "", "rule": ""}),
    "digests": (front.digests, []),
    "identity": (identity.identity, []),
}


@dataclass(frozen=True)
class Printed:
    """A section as it stands on the page."""

    number: str
    name: str
    title: str
    body: str


def write(layout: Layout) -> Path:
    """Write ``report.html`` of a results folder, whatever state the folder is in.

    Parameters
    ----------
    layout : Layout
        The folder; judged first when it has no verdicts.

    Returns
    -------
    Path
        The report: one file, no network, no script; the same bytes for the same results.
    """
    put(layout.report, render(load(layout)).encode(), replace=True)
    return layout.report


def render(folder: Folder) -> str:
    """The page as text; the cover comes last, when all that is missing is known."""
    from markupsafe import Markup

    environment = _environment()
    sections = [_printed(environment, folder, section) for section in SECTIONS]
    top = _made(folder, _COVER)
    suite = folder.verdicts.get("suite") or folder.start.get("suite") or folder.name
    top |= {
        "folder": folder.name, "suite": suite,
        "missing": list(dict.fromkeys(folder.missing)),
        "finished": folder.finished, "exploratory": bool(folder.start.get("exploratory")),
        "void": list(folder.verdicts.get("void", ())),
        "plants": ", ".join(folder.resolved.get("plants", {})) or "not recorded",
    }  # fmt: skip
    front = Markup(environment.get_template("sections/00_cover.html.j2").render(top))
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    whole = environment.get_template("page.html.j2")
    return whole.render(top, front=front, sections=sections, later=LATER, style=style)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = words
    return environment


def _printed(environment: Environment, folder: Folder, section: Section) -> Printed:
    from markupsafe import Markup

    page = environment.get_template(f"sections/{section.file}.html.j2")
    body = page.render(_made(folder, section.parts), folder=folder.name)
    return Printed(section.number, section.name, section.title, Markup(body))


def _made(folder: Folder, parts: Parts) -> dict[str, Any]:
    return {name: _part(folder, name, make, other) for name, (make, other) in parts.items()}


def _part(folder: Folder, name: str, make: Callable[[Folder], Any], other: Any) -> Any:
    """A part of a section; what cannot be made of a damaged folder is said to be missing."""
    try:
        return make(folder)
    except DAMAGED:
        folder.missing.append(f"{name.replace('_', ' ')}: the files it is made of are damaged")
        return other
