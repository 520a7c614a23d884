"""A results folder as the report finds it: what is there, and what is missing or damaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.core.errors import InputError
from simulator.record.layout import Layout
from simulator.record.reader import Columns, get_json, kept_traces
from simulator.record.reader import rows as read_rows
from simulator.report.judged import assess

Data = Mapping[str, Any]
DAMAGED = (InputError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading a damaged folder may raise."""


@dataclass(frozen=True)
class Folder:
    """Everything the report reads of a results folder, but traces.

    Attributes
    ----------
    layout : Layout
        Where it is.
    name : str
        Name of the folder, as the commands take it.
    start, resolved, verdicts, controls, adequacy : mapping
        The files of these names; empty when missing or damaged.
    finished : bool
        Whether the run reached its end.
    missing : list of str
        What a reader must know is not there; grows while the report is made.
    """

    layout: Layout
    name: str
    start: Data
    resolved: Data
    verdicts: Data
    controls: Data
    adequacy: Data
    finished: bool
    missing: list[str] = field(default_factory=list)
    _rows: dict[str, Columns] = field(default_factory=dict, repr=False)

    def rows(self, scenario: str) -> Columns:
        """Rows of a scenario as it was judged, read once; empty when there are none."""
        if scenario not in self._rows:
            try:
                self._rows[scenario] = read_rows(self.layout, scenario, "main")
            except DAMAGED:
                self.missing.append(f"rows/{scenario}: they are damaged")
                self._rows[scenario] = {}
        return self._rows[scenario]

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        """The judged scenarios."""
        return list(self.verdicts.get("scenarios", ()))

    def about(self, scenario: str) -> Data:
        """A scenario as it was resolved; empty when unknown."""
        found: Data = self.resolved.get("scenarios", {}).get(scenario, {})
        return found

    def plant(self, scenario: str) -> Data:
        """The plant of a scenario; empty when unknown."""
        found: Data = self.resolved.get("plants", {}).get(self.about(scenario).get("plant", ""), {})
        return found


def load(layout: Layout) -> Folder:
    """Read a folder in whatever state it was left; judge it when it has not been."""
    missing: list[str] = []
    start, resolved = _read(layout.start, missing), _read(layout.resolved, missing)
    controls, adequacy = _read(layout.controls, missing), _read(layout.adequacy, missing)
    if not layout.stop.exists():
        missing.append("stop.json: the run did not end")
    verdicts = _verdicts(layout, missing)
    finished = layout.stop.exists() and bool(verdicts.get("finished"))
    name = layout.root.resolve().name
    folder = Folder(layout, name, start, resolved, verdicts, controls, adequacy, finished, missing)
    _records(folder)
    return folder


def load_campaign(layout: Layout) -> Folder:
    """Read the folder of a campaign: it measures, and has neither verdicts nor controls."""
    missing: list[str] = []
    start, resolved = _read(layout.start, missing), _read(layout.resolved, missing)
    adequacy = _read(layout.adequacy, []) if layout.adequacy.exists() else {}
    if not layout.stop.exists():
        missing.append("stop.json: the run did not end")
    name = layout.root.resolve().name
    return Folder(layout, name, start, resolved, {}, {}, adequacy, layout.stop.exists(), missing)


def _read(path: Path, missing: list[str]) -> Data:
    try:
        found = get_json(path)
    except InputError:
        missing.append(f"{path.name}: it is damaged")
        return {}
    if isinstance(found, dict):
        return found
    missing.append(f"{path.name}: " + ("it is not there" if found is None else "it is damaged"))
    return {}


def _verdicts(layout: Layout, missing: list[str]) -> Data:
    """The verdicts as they stand; judged afresh when absent, or older than the state of the run."""
    unread: list[str] = []
    found = _read(layout.verdicts, unread)
    if found and bool(found.get("finished")) == layout.stop.exists():
        return found
    try:
        return assess(layout)
    except (*DAMAGED, OSError):
        missing.append("verdicts.json: it is not there and the folder cannot be judged")
        return {}


def _records(folder: Folder) -> None:
    """Note scenarios without rows or traces."""
    asked = folder.resolved.get("suite", {}).get("record", {}).get("traces", {"worst": 1})
    wanted = any(asked.values()) if isinstance(asked, dict) else True
    for key in folder.resolved.get("scenarios", {}):
        if not list(folder.layout.rows(key, "main", 0).parent.glob("main-*.csv")):
            folder.missing.append(f"rows/{key}: nothing was recorded")
        if wanted and not _kept(folder.layout, key):
            folder.missing.append(f"traces/{key}: no trace was kept")


def _kept(layout: Layout, scenario: str) -> tuple[int, ...]:
    try:
        return kept_traces(layout, scenario)
    except DAMAGED:
        return ()
