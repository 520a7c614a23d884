"""``plantproof run``: run a suite, judge it, write results and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.core.errors import Interrupted
from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.campaign.transport import Link
    from simulator.record.layout import Layout


@click.command("run")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option(
    "--replicas", type=click.IntRange(1, 10**6), help="Another sample size: exploratory, never signable."
)
@click.option("--only", multiple=True, metavar="ID", help="Only this question; may be given again.")
@click.option(
    "--transport",
    type=click.Choice(["process", "tcp"]),
    help="Call the AI as a function, or make it a process behind a Modbus server; as the suite says.",
)
@click.option(
    "--controller",
    type=click.Choice(["own", "external"]),
    default="own",
    show_default=True,
    help="Over TCP: start the AI host, or wait for somebody else's.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Over TCP: where the PLC listens; any free one.")
@click.option(
    "--patience",
    type=click.FloatRange(0.1, 3600),
    default=20.0,
    show_default=True,
    help="Over TCP: seconds that an answer of the AI may take.",
)
@click.option("--policy", type=click.Path(path_type=Path), help="An ONNX file in place of the plants' own.")
@click.option("--io", type=click.Path(path_type=Path), help="How that file is wired to the plant.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, results: Path, workers: int | None, replicas: int | None, only: tuple[str, ...],
    transport: str | None, controller: str, port: int | None, patience: float,
    policy: Path | None, io: Path | None, as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Run SUITE: every question, its comparisons, and the controls that judge the suite itself."""
    from simulator.campaign.execute import WorkerLost, processors
    from simulator.campaign.opened import OPEN
    from simulator.campaign.suite import Options, run_suite
    from simulator.campaign.wiring import invitation
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import foreign, vet
    from simulator.record.reader import get_json
    from simulator.scenario.resolve import resolve_suite
    from simulator.testing.mutants import BROKEN

    found = resolve_suite(suite, breaks={**BROKEN, **OPEN}, foreign=foreign(policy, io))
    _known(only, list(found.asked))
    vet(found.plants.values())
    if not only and len(found.asked) < len(found.scenarios):
        only = found.asked  # questions that this policy cannot be asked leave the suite incomplete
    link = _link(transport or found.spec.transport, controller, port, patience)
    if link.controller == "external":
        click.echo(invitation(found, only, link), err=True)
    several = 1 if port else workers or processors()
    options = Options(results, several, replicas, only, link)
    with Bar(shown=not (quiet or as_json)) as bar:
        try:
            layout, verdicts = run_suite(found, options, bar.tell)
        except WorkerLost as error:
            raise Interrupted(f"{error} What was computed is kept") from None
        except KeyboardInterrupt:
            raise Interrupted(f"what was computed is kept under {results / found.spec.suite}") from None
        bar.tell("report", 1, 1)
        write_report(layout)
    for text in get_json(layout.stop)["incidents"]:
        click.echo(f"INCONCLUSIVE, the wall clock entered: {text}", err=True)
    return tell(layout, verdicts, as_json)


def write_report(layout: Layout) -> Path:
    """Write the report of a results folder."""
    from simulator.report.page import write

    return write(layout)


def tell(layout: Layout, verdicts: dict[str, Any], as_json: bool) -> Exit:
    """Print the verdicts and return the exit code they mean."""
    from simulator.cli.table import exit_of, show

    if as_json:
        click.echo(json.dumps(verdicts | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(verdicts, layout)
    return exit_of(verdicts)


def _link(transport: str, controller: str, port: int | None, patience: float) -> Link:
    from simulator.campaign.transport import Link

    if transport == "process" and (controller == "external" or port):
        raise click.UsageError("--controller and --port are of --transport tcp")
    if controller == "external" and not port:
        raise click.UsageError("--controller external wants --port: where it will find the PLC")
    kind, whose = (
        ("tcp" if transport == "tcp" else "process"),
        ("external" if controller == "external" else "own"),
    )
    return Link(kind, whose, port or 0, 60.0 if whose == "own" else 600.0, patience)  # type: ignore[arg-type]


def _known(only: tuple[str, ...], ids: list[str]) -> None:
    for name in only:
        if name not in ids:
            raise click.UsageError(f"--only {name}: wanted one of {', '.join(ids)}")
