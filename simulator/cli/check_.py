"""``plantproof check``: everything that is wrong with the input, before anything runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.core.errors import InputError, Problem
from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.scenario.resolved import ResolvedPlant


@click.command("check")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print problems as JSON.")
def command(suite: Path, as_json: bool) -> Exit:
    """Check SUITE and every file it reaches: shape, names, units, formulas, policies.

    All problems of a stage are shown at once, with line and column.
    """
    from simulator.scenario.resolve import resolve_suite
    from simulator.testing.mutants import BROKEN

    try:
        found = resolve_suite(suite, breaks=BROKEN)
    except InputError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "problems": [vars(p) for p in error.problems]}, indent=1))
        return Exit.BAD_INPUT
    _load_policies(found.plants.values())
    if as_json:
        told = {"ok": True, "scenarios": list(found.scenarios), "findings": list(found.findings)}
        click.echo(json.dumps(told, indent=1))
        return Exit.PASSED
    n = len(found.scenarios)
    click.echo(f"{suite}: {n} question{'s' if n != 1 else ''} on {', '.join(found.plants)}, nothing wrong")
    for finding in found.findings:
        click.echo(f"  to see: {finding}")
    return Exit.PASSED


def _load_policies(plants: Iterable[ResolvedPlant]) -> None:
    from simulator.control.ai.session import load

    problems: list[Problem] = []
    for plant in plants:
        for variant, path in plant.policies.items():
            ai = plant.spec.ai[variant]
            try:
                load(path, len(ai.inputs) * ai.history, len(ai.loops))
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(*dict.fromkeys(problems))
