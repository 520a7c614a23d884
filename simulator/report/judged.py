"""A results folder judged: verdicts from its rows alone, on any machine that has the folder."""

from __future__ import annotations

from typing import Any

from simulator.assess.suite import judge_suite
from simulator.record.layout import Layout
from simulator.record.reader import changed, get_json, rows
from simulator.record.writer import put_json, put_manifest


def assess(layout: Layout) -> dict[str, Any]:
    """Judge a folder and write its verdicts; the first time, also its manifest.

    A folder without ``stop.json``, or with files that are not as its manifest says, is judged
    too: nothing in it can PASS.
    """
    altered = changed(layout)
    verdicts = judge_suite(
        get_json(layout.resolved),
        lambda scenario, variant: rows(layout, scenario, variant),
        get_json(layout.controls),
        get_json(layout.adequacy),
        finished=layout.stop.exists(),
        altered=altered if layout.manifest.exists() else [],
    )
    put_json(layout.verdicts, verdicts, replace=True)
    if layout.stop.exists() and not layout.manifest.exists():
        put_manifest(layout)
    return verdicts
