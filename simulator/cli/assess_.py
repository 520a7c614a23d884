"""``plantproof assess``: judge a results folder again, or recorded plant data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.core.errors import InputError, Problem
from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.scenario.resolved import ResolvedPlant

PATH = click.Path(path_type=Path)


@click.command("assess")
@click.argument("folder", type=PATH, required=False)
@click.option("--data", type=PATH, help="Recorded plant data, .csv or .parquet, instead of a folder.")
@click.option("--plant", help="Of the data: name of an installed plant, or a plant file.")
@click.option("--requirements", type=PATH, help="Of the data: what is to hold.")
@click.option("--ai", "variant", help="Of the data: variant of the plant's AI; its first when absent.")
@click.option("--policy", type=PATH, help="Of the data: an ONNX file in place of the plant's own.")
@click.option("--io", type=PATH, help="How that file is wired to the plant.")
@click.option(
    "--map", "mapped", multiple=True, metavar="true.X=TAG", help="A tag that may stand for the truth."
)
@click.option(
    "--gap", metavar="DURATION", help="Of the data: older samples are unknown; 3 intervals when absent."
)
@click.option(
    "--rearm",
    default="10 min",
    show_default=True,
    metavar="DURATION",
    help="Given back after a shed; or 'never'.",
)
@click.option("--results", type=PATH, default=Path("results"), help="Of the data: folder of all results.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def command(folder: Path | None, data: Path | None, as_json: bool, **given: Any) -> Exit:
    """Judge FOLDER again from its rows; a run that did not end is INCONCLUSIVE.

    With --data and --plant: judge recorded plant data, open loop, with the same guards and requirements.
    """
    if (folder is None) == (data is None):
        raise click.UsageError("name a results folder, or recorded data with --data")
    return _folder(folder, as_json) if folder else _data(data or Path(), as_json, **given)


def _folder(folder: Path, as_json: bool) -> Exit:
    from simulator.cli.run_ import tell
    from simulator.record.reader import get_json, opened
    from simulator.report.judged import assess

    layout = opened(folder)
    if (get_json(layout.start) or {}).get("kind") == "shadow":
        hint = "its verdicts.json holds what was found; assess the data anew with --data"
        raise InputError(
            Problem("a folder of recorded data", "a folder that run wrote", str(folder), hint=hint)
        )
    return tell(layout, assess(layout), as_json)


def _data(data: Path, as_json: bool, **given: Any) -> Exit:
    from simulator.campaign.shadow.assess import Shadow, assess_data, exit_of
    from simulator.campaign.shadow.setup import Asked
    from simulator.cli.shadow_table import show

    plant = _plant(given)
    rearm = None if given["rearm"] == "never" else _duration("--rearm", given["rearm"])
    mapped, gap = dict(map(_pair, given["mapped"])), _duration("--gap", given["gap"])
    asked = Asked(_variant(plant, given["variant"]), mapped, gap, rearm)
    layout, verdicts = assess_data(Shadow(plant, data, given["requirements"], given["results"], asked))
    if as_json:
        click.echo(json.dumps(verdicts | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(verdicts, layout)
    return exit_of(verdicts)


def _plant(given: dict[str, Any]) -> ResolvedPlant:
    from simulator.cli.vetting import foreign, vet
    from simulator.scenario.resolve_plant import resolve_plant

    if not given["plant"]:
        raise click.UsageError("--data needs --plant: a name, or a plant file")
    plant, _ = resolve_plant(given["plant"])
    instead = foreign(given["policy"], given["io"])
    if instead:
        from simulator.scenario.foreign import Replacement

        plant = Replacement(instead).alone(plant)
    vet([plant])
    return plant


def _variant(plant: ResolvedPlant, name: str | None) -> str:
    found = name or next(iter(plant.spec.ai))
    if found not in plant.spec.ai:
        raise InputError(Problem(f"variant '{found}'", f"one of {', '.join(plant.spec.ai)}", where="--ai"))
    return found


def _pair(text: str) -> tuple[str, str]:
    quantity, equals, tag = text.partition("=")
    if not equals or not quantity.startswith("true."):
        raise click.UsageError(f"--map {text}: wanted true.QUANTITY=TAG")
    return quantity.strip(), tag.strip()


def _duration(option: str, text: str | None) -> int | None:
    from simulator.core.units import UnitError, quantity

    if text is None:
        return None
    try:
        found = round(quantity(text, "ms"))
    except UnitError as error:
        raise click.UsageError(f"{option} {text}: {error}") from None
    if found <= 0:
        raise click.UsageError(f"{option} {text}: wanted a duration above zero")
    return found
