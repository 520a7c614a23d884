"""A results folder judged: verdicts from its rows alone, on any machine that has the folder."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from simulator.assess.suite import judge_suite
from simulator.core.errors import InputError, Problem
from simulator.record.layout import Layout
from simulator.record.reader import changed, get_json, rows
from simulator.record.writer import put_json


def assess(layout: Layout) -> dict[str, Any]:
    """Judge a folder and write its verdicts.

    A folder without ``stop.json``, without its manifest, or with files that are not as the
    manifest says, is judged too: nothing in it can PASS.

    Raises
    ------
    InputError
        When an older version wrote the folder, and did not write what the judgement needs.
    """
    start, resolved = get_json(layout.start) or {}, get_json(layout.resolved)
    _refuse_older(layout, start, resolved)
    verdicts = judge_suite(
        resolved,
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


def _refuse_older(layout: Layout, start: Mapping[str, Any], resolved: Mapping[str, Any]) -> None:
    """An AI once had one loop, and no outputs by name: what it writes to cannot be judged from that."""
    named = {f"{k} {ai}": about for k, one in resolved["plants"].items() for ai, about in one["ai"].items()}
    lacking = [name for name, about in named.items() if "outputs" not in about]
    if lacking:
        code = str(start.get("code", "unknown"))[:12]
        wrote = f"plantproof {start.get('plantproof', 'of an unknown version')} (code {code})"
        got = f"no 'outputs' of the AI {', '.join(lacking)}: {wrote} wrote this folder"
        wanted = f"a folder that plantproof {version('plantproof')} can judge"
        hint = "judge it with the version that wrote it, or run its suite again with this one"
        raise InputError(Problem(got, wanted, str(layout.root), where="resolved.json", hint=hint))
