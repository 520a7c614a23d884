"""``plantproof run``: run a suite, judge it, write results and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.core.errors import Interrupted
from simulator.core.verdict import Exit

if TYPE_CHECKING:
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
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, results: Path, workers: int | None, replicas: int | None, only: tuple[str, ...],
    as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Run SUITE: every question, its comparisons, and the controls that judge the suite itself."""
    from simulator.campaign.execute import WorkerLost, processors
    from simulator.campaign.suite import Options, run_suite
    from simulator.cli.progress import Bar
    from simulator.scenario.resolve import resolve_suite
    from simulator.testing.mutants import BROKEN

    found = resolve_suite(suite, breaks=BROKEN)
    _known(only, list(found.scenarios))
    options = Options(results, workers or processors(), replicas, only)
    with Bar(shown=not (quiet or as_json)) as bar:
        try:
            layout, verdicts = run_suite(found, options, bar.tell)
        except WorkerLost as error:
            raise Interrupted(f"{error} What was computed is kept") from None
        except KeyboardInterrupt:
            raise Interrupted(f"what was computed is kept under {results / found.spec.suite}") from None
        bar.tell("report", 1, 1)
        write_report(layout)
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


def _known(only: tuple[str, ...], ids: list[str]) -> None:
    for name in only:
        if name not in ids:
            raise click.UsageError(f"--only {name}: wanted one of {', '.join(ids)}")
