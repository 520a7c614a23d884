"""``plantproof campaign``: many replicas of a suite's questions, one row a run, and what they count up to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.campaign.montecarlo.campaign import Hands, Options
    from simulator.campaign.montecarlo.plan import Plan
    from simulator.record.layout import Layout
    from simulator.scenario.resolved import ResolvedSuite

    Begun = tuple[ResolvedSuite, Layout, Plan]

PATH = click.Path(path_type=Path)


@click.command("campaign")
@click.argument("suite", type=PATH, required=False)
@click.option("--runs", type=click.IntRange(1, 10**8), help="Replicas of each question; of each event.")
@click.option("--only", multiple=True, metavar="ID", help="Only this question; may be given again.")
@click.option("--without-ai", "without", is_flag=True, help="Also put each to the fallback alone.")
@click.option(
    "--plant-years",
    type=click.FloatRange(0, 10_000, min_open=True),
    help="Demands per plant-year, AI against PID, from so much quiet time and every initiating event.",
)
@click.option(
    "--sequential",
    multiple=True,
    metavar="R-xx=1%,0.1%",
    help="End early, once it is told whether it fails with the first or with the second probability.",
)
@click.option("--results", type=PATH, default=Path("results"), help="Folder of all results.")
@click.option("--resume", type=PATH, metavar="FOLDER", help="Carry on a campaign that was broken off.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option("--block", type=click.IntRange(1, 10**5), help="Most replicas that run together.")
@click.option("--cluster", metavar="tcp://HOST:PORT", default="", help="Work on this Dask cluster instead.")
@click.option("--policy", type=PATH, help="An ONNX file in place of the plants' own.")
@click.option("--io", type=PATH, help="How that file is wired to the plant.")
@click.option("--json", "as_json", is_flag=True, help="Print campaign.json.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path | None, runs: int | None, only: tuple[str, ...], without: bool, plant_years: float | None,
    sequential: tuple[str, ...], results: Path, resume: Path | None, workers: int | None, block: int | None,
    cluster: str, policy: Path | None, io: Path | None, as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Run SUITE's questions far beyond its plan: one row a run, counted with their bounds."""
    from simulator.campaign.execute import processors
    from simulator.campaign.montecarlo.campaign import Hands, Options
    from simulator.cli.campaign_table import exit_of, show

    hands = Hands(workers or processors(), cluster)
    plan = {"--runs": runs, "--only": only, "--without-ai": without, "--plant-years": plant_years}
    plan |= {"--sequential": sequential}
    files = {"--block": block, "--policy": policy, "--io": io}
    if resume:
        begun = _again(suite, resume, plan | files, hands)
    else:
        whole = Options(results, {}, without or bool(plant_years), block, plant_years)
        begun = _begin(suite, whole, runs, only, sequential, policy, io, hands)
    outcome = _run(begun, hands, shown=not (quiet or as_json))
    if as_json:
        told = outcome | {"folder": str(begun[1].root)}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        show(outcome, begun[1])
    return exit_of(outcome)


def _again(suite: Path | None, folder: Path, given: dict[str, Any], hands: Hands) -> Begun:
    """A campaign that was broken off; what its plan says cannot be said again."""
    from simulator.campaign.montecarlo.campaign import ready
    from simulator.campaign.montecarlo.resume import broken_off

    extra = [name for name, value in given.items() if value] + (["SUITE"] if suite else [])
    if extra:
        raise click.UsageError(f"{', '.join(extra)}: the folder of --resume says that already")
    begun = broken_off(folder)
    ready(begun[0], hands)
    return begun


def _begin(
    suite: Path | None, whole: Options, runs: int | None, only: tuple[str, ...], sequential: tuple[str, ...],
    policy: Path | None, io: Path | None, hands: Hands,
) -> Begun:  # fmt: skip
    """A new campaign."""
    from dataclasses import replace

    from simulator.campaign.montecarlo.campaign import ready, start
    from simulator.campaign.montecarlo.sequential import start as start_tests
    from simulator.campaign.montecarlo.sizes import EVENT_RUNS, of_questions, of_year
    from simulator.campaign.opened import OPEN
    from simulator.cli.sequential_table import wanted
    from simulator.cli.vetting import foreign, vet
    from simulator.scenario.resolve import resolve_suite
    from simulator.testing.mutants import BROKEN

    if suite is None:
        raise click.UsageError("wanted SUITE, or --resume FOLDER")
    if not (runs or whole.plant_years):
        raise click.UsageError("wanted --runs N, --plant-years Y, or --resume FOLDER")
    if only and whole.plant_years:
        raise click.UsageError("--only: a plant-year needs all its questions")
    if sequential and (whole.plant_years or whole.without):
        raise click.UsageError("--sequential: neither with --plant-years nor with --without-ai")
    tests = [wanted(text) for text in sequential]
    found = resolve_suite(suite, breaks={**BROKEN, **OPEN}, foreign=foreign(policy, io))
    vet(found.plants.values())
    years = whole.plant_years
    sizes = of_year(found, years, runs or EVENT_RUNS) if years else of_questions(found, runs or 0, only)
    ready(found, hands)
    options = replace(whole, runs=sizes)
    return found, *(start_tests(found, options, tests) if tests else start(found, options))


def _run(begun: Begun, hands: Hands, shown: bool) -> dict[str, Any]:
    """Run what is missing; what is broken off says how to carry on."""
    from simulator.campaign.montecarlo.campaign import carry_on
    from simulator.campaign.montecarlo.sequential import planned, walked
    from simulator.cli.broken_off import broken_off
    from simulator.cli.progress import Bar

    run = walked if planned(begun[1]) else carry_on

    kept = f"what was computed is kept\ncarry on with: plantproof campaign --resume {begun[1].root}"
    with Bar(shown) as bar, broken_off(kept):
        return run(*begun, hands, bar.tell)
