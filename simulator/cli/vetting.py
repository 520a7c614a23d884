"""Policies are loaded and asked once, in a process of their own, before a run relies on them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.core.errors import InputError, Problem

if TYPE_CHECKING:
    from simulator.scenario.resolved import Foreign, ResolvedPlant


def foreign(policy: Path | None, io: Path | None) -> Foreign | None:
    """The policy that is given in place of the plants' own; both files or none."""
    from simulator.scenario.resolved import Foreign

    if policy and io:
        return Foreign(policy, io)
    if policy or io:
        raise click.UsageError("--policy and --io go together: the file, and how it is wired to the plant")
    return None


def vet(plants: Iterable[ResolvedPlant]) -> None:
    """Tell what a reviewer should know of every policy; raises `InputError` with all refusals."""
    from simulator.control.ai.probe import probed
    from simulator.scenario.build.control_parts import layout_of

    asked = {
        (path, layout_of(plant.spec.ai[variant]), len(plant.spec.ai[variant].loops))
        for plant in plants
        for variant, path in plant.policies.items()
    }
    problems: list[Problem] = []
    for path, layout, outputs in sorted(asked, key=lambda one: str(one[0])):
        try:
            for text in probed(path, layout, outputs)[1]:
                click.echo(f"policy {path.name}: {text}", err=True)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*dict.fromkeys(problems))
