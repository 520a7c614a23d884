"""``plantproof check``: everything that is wrong with the input, before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.core.errors import InputError
from simulator.core.verdict import Exit


@click.command("check")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--policy", type=click.Path(path_type=Path), help="Check with this ONNX file as the AI.")
@click.option("--io", type=click.Path(path_type=Path), help="How that file is wired to the plant.")
@click.option("--json", "as_json", is_flag=True, help="Print problems as JSON.")
def command(suite: Path, policy: Path | None, io: Path | None, as_json: bool) -> Exit:
    """Check SUITE and every file it reaches: shape, names, units, formulas, policies.

    A plant file is checked too, and its physics asked whether it keeps its contract. All problems of a
    stage are shown at once, with line and column.
    """
    if _is_plant(suite):
        return _plant(suite, as_json)
    from simulator.campaign.opened import OPEN
    from simulator.cli.vetting import foreign, vet
    from simulator.scenario.resolve import resolve_suite
    from simulator.testing.mutants import BROKEN

    try:
        found = resolve_suite(suite, breaks={**BROKEN, **OPEN}, foreign=foreign(policy, io))
        vet(found.plants.values())
    except InputError as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "problems": [vars(p) for p in error.problems]}, indent=1))
        return Exit.BAD_INPUT
    if as_json:
        told = {"ok": True, "scenarios": list(found.scenarios), "findings": list(found.findings)}
        click.echo(json.dumps(told, indent=1))
        return Exit.PASSED
    n = len(found.scenarios)
    click.echo(f"{suite}: {n} question{'s' if n != 1 else ''} on {', '.join(found.plants)}, nothing wrong")
    for finding in found.findings:
        click.echo(f"  to see: {finding}")
    return Exit.PASSED


def _is_plant(path: Path) -> bool:
    """Whether a file says that it is a plant's: it names its physics."""
    try:
        with path.open("rb") as file:
            return any(line.startswith(b"physics:") for line in file.read(_HEAD).splitlines())
    except OSError:
        return False


_HEAD = 1_000_000


def _plant(path: Path, as_json: bool) -> Exit:
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve_plant import resolve_plant
    from simulator.testing.check_plant import failures_of

    found, _ = resolve_plant(str(path))
    vet([found])
    failures = failures_of(path)
    if as_json:
        click.echo(json.dumps({"ok": not failures, "failures": [vars(one) for one in failures]}, indent=1))
        return Exit.BAD_INPUT if failures else Exit.PASSED
    for failure in failures:
        click.echo(f"{path}: the physics breaks its contract: {failure}", err=True)
    if failures:
        return Exit.BAD_INPUT
    click.echo(f"{path}: {found.spec.title}; its physics keeps its contract, nothing wrong")
    for finding in found.findings:
        click.echo(f"  to see: {finding}")
    return Exit.PASSED
