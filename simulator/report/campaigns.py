"""Campaigns of the same input beside a suite's folder: what the pages about them are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.core.errors import InputError
from simulator.record.layout import Layout
from simulator.record.reader import changed, get_json
from simulator.report.folder import Folder

Data = Mapping[str, Any]


def find(folder: Folder, kind: str) -> Layout | None:
    """The newest complete campaign of a kind that had the same input files.

    Parameters
    ----------
    folder : Folder
        A suite's results, ``results/<suite>/<NNNN>-<digest8>``, or those of the campaign itself.
    kind : str
        ``campaign``, ``falsify``, ``envelope``, ``ablate`` or ``handover``.

    Returns
    -------
    Layout or None
        Of ``results/<suite>.<kind>/*-<digest8>``; None where there is none with a ``stop.json``.
    """
    return next(every(folder, kind), None)


def every(folder: Folder, kind: str) -> Iterator[Layout]:
    """All complete campaigns of a kind that had the same input files, the newest first."""
    return (layout for layout in _beside(folder, kind) if _same(folder, layout, kind))


def told(folder: Folder, kind: str) -> Data:
    """What the ``<kind>.json`` of that campaign says; empty where there is none."""
    layout = find(folder, kind)
    found = get_json(layout.root / f"{kind}.json") if layout else None
    return found if isinstance(found, dict) else {}


def doubts(folder: Folder, kind: str) -> list[str]:
    """What a reader of the page must know of that campaign: another version, or files that were changed."""
    layout = find(folder, kind)
    return doubts_of(folder, layout) if layout else []


def doubts_of(folder: Folder, layout: Layout) -> list[str]:
    """As `doubts`, of one campaign."""
    code = get_json(layout.start).get("code")
    other = "it was made by another version of the product" if code != folder.start.get("code") else ""
    files = changed(layout)
    altered = f"changed since it ended: {', '.join(files[:3])}" if files else ""
    return [doubt for doubt in (other, altered) if doubt]


def _beside(folder: Folder, kind: str) -> Iterator[Layout]:
    """Finished folders that may be meant: this one, then its neighbours from the newest on."""
    here = folder.layout.root.resolve()
    suite = str(folder.start.get("suite") or here.parent.name)
    there = here.parent.parent / f"{suite}.{kind}"
    older = sorted(there.glob("[0-9]*-*"), reverse=True) if there.is_dir() else []
    yield from (Layout(root) for root in (here, *older) if _ended(root, kind))


def _ended(root: Path, kind: str) -> bool:
    return (root / f"{kind}.json").is_file() and (root / "stop.json").is_file()


def _same(folder: Folder, layout: Layout, kind: str) -> bool:
    """Whether a campaign says that it is of this kind and of the same files."""
    try:
        head = get_json(layout.start)
    except InputError:
        return False
    wanted = {"kind": kind, "digest": folder.start.get("digest") or ""}
    return isinstance(head, dict) and all(head.get(key) == value for key, value in wanted.items())
