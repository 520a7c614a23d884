"""``plantproof registers``: what a Modbus client of a plant reads, and what it may write."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.modbus.register_map import Block, Register

Rows = Sequence[tuple[str, ...]]
HEAD = ("table", "address", "block", "name", "unit", "word 0 is", "one count is", "words", "written by")


def _row(block: Block, address: int, register: Register) -> tuple[str, ...]:
    scale = (repr(register.low), repr(register.resolution)) if register.is_quantity else ("", "")
    states = " ".join(f"{number}={name}" for name, number in register.states.items())
    writers = " ".join(sorted(block.writers)) if register.writable else "nobody"
    return (block.table, str(address), block.name, register.name, register.unit, *scale, states, writers)


def _table(rows: Rows) -> str:
    widths = [max(len(row[k]) for row in (HEAD, *rows)) for k in range(len(HEAD))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in (HEAD, *rows))
    return "\n".join(line.rstrip() for line in lines)


def _csv(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((HEAD, *rows))
    return text.getvalue().rstrip("\n")


def _markdown(rows: Rows) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (HEAD, ("---",) * len(HEAD), *rows))


_FORMATS: dict[str, Callable[[Rows], str]] = {"table": _table, "csv": _csv, "markdown": _markdown}


@click.command("registers")
@click.argument("plant")
@click.option("--ai", "variant", help="Variant of the plant's AI; its first when absent.")
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="table", show_default=True)
def command(plant: str, variant: str | None, form: str) -> Exit:
    """Print the Modbus registers of PLANT (a name, or a plant file).

    Addresses count from 0, as on the wire. A word w of a quantity is worth (word 0) + w * (one count);
    65535 says that there is no value.
    """
    from simulator.scenario.build.registers import registers_for
    from simulator.scenario.resolve_plant import resolve_plant, variant_of

    found, _ = resolve_plant(plant)
    rows = [_row(*row) for row in registers_for(found, variant_of(found, variant, "--ai")).rows()]
    click.echo(_FORMATS[form](rows))
    return Exit.PASSED
