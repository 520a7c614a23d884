"""``plantproof policy inspect``: what an ONNX file is, before anything relies on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from simulator.core.verdict import Exit


@click.group("policy")
def command() -> None:
    """Look at a policy file."""


@command.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--io", type=click.Path(path_type=Path), help="How it is wired: see docs/policies.md.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def inspect(file: Path, io: Path | None, as_json: bool) -> Exit:
    """Show contract, operators, identity and behaviour of FILE, and what to be wary of."""
    from simulator.control.ai.inspection import inspected

    found = inspected(file, *_wires(io))
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return Exit.PASSED
    for name, value in found.items():
        for k, line in enumerate(_lines(value)):
            click.echo(f"{name.replace('_', ' ') if k == 0 else '':<18} {line}")
    return Exit.PASSED


def _wires(io: Path | None) -> tuple[Any, int | None]:
    """Layout and number of outputs that an io file says."""
    if io is None:
        return None, None
    from simulator.scenario.build.control_parts import layout_of
    from simulator.scenario.schema.check import check
    from simulator.scenario.schema.io import Io
    from simulator.scenario.yaml_file import read

    spec = check(read(io, str(io)), Io).ai("")
    return layout_of(spec), len(spec.loops)


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key}  {one}" for key, one in value.items()] or ["none"]
    return [str(one) for one in value] or ["none"] if isinstance(value, list) else [str(value)]
