"""A results folder judged: verdicts from its rows alone, on any machine that has the folder."""

from __future__ import annotations

from typing import Any

from simulator.assess.suite import judge_suite
from simulator.record.layout import Layout
from simulator.record.reader import changed, get_json, rows
from simulator.record.writer import put_json


def assess(layout: Layout) -> dict[str, Any]:
    """Judge a folder and write its verdicts.

    A folder without ``stop.json``, without its manifest, or with files that are not as the
    manifest says, is judged too: nothing in it can PASS.
    """
    start = get_json(layout.start) or {}
    verdicts = judge_suite(
        get_json(layout.resolved),
        lambda scenario, variant: rows(layout, scenario, variant),
        get_json(layout.controls),
        get_json(layout.adequacy),
        robustness=get_json(layout.robustness),
        finished=layout.stop.exists(),
        altered=changed(layout),
        exploratory=bool(start.get("exploratory", True)),
    )
    put_json(layout.verdicts, verdicts, replace=True)
    return verdicts
