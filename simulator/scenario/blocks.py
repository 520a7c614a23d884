"""Physics from the blocks of a plant file: units and bounds checked, dead times on the grid of the ticks."""

from __future__ import annotations

from math import inf

from simulator.core.quantity import SCALES, Quantity
from simulator.core.units import UnitError
from simulator.engine.fopdt import Block, Design, End, physics_of
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes, inverse
from simulator.scenario.place import Way
from simulator.scenario.plants import Physics
from simulator.scenario.schema.blocks import Block as BlockFile
from simulator.scenario.schema.blocks import BlockInput, BlockOutput
from simulator.scenario.schema.plant import Plant

MOST_ROWS = 2000
"""Past inputs that all delay lines hold together."""


def block_physics(notes: Notes, plant: Plant) -> Physics | None:
    """The physics of a plant of blocks; None with notes when they do not fit together."""
    about = plant.blocks
    if about is None:
        raise ValueError("a plant without blocks")
    before = len(notes.problems)
    inputs = [_end(notes, ("blocks", "inputs", name), name, one) for name, one in about.inputs.items()]
    outputs = [_end(notes, ("blocks", "outputs", name), name, one) for name, one in about.outputs.items()]
    blocks = []
    for k, (name, one) in enumerate(about.outputs.items()):
        for given, block in one.from_.items():
            way: Way = ("blocks", "outputs", name, "from", given)
            if notes.one_of(way, given, about.inputs, "an input of the blocks", key=True):
                j = list(about.inputs).index(given)
                blocks.append(_block(notes, way, block, (k, outputs[k]), (j, inputs[j]), plant.scan.base))
    for name in about.outputs.keys() & about.inputs.keys():
        notes.refuse(("blocks", "outputs", name), shown(name), "a name that is no input's", key=True)
    rows = sum(block.dead for block in blocks)
    if rows > MOST_ROWS:
        got = f"dead times of {rows} base ticks together"
        notes.refuse(
            ("blocks",), got, f"at most {MOST_ROWS}: a longer base tick, or shorter dead times", key=True
        )
    if len(notes.problems) > before:
        return None
    owner = physics_of(Design(plant.scan.base / 1000.0, tuple(inputs), tuple(outputs), tuple(blocks)))
    quantities = dict(owner.QUANTITIES)
    units = {name: unit for name, unit, _ in owner.INPUTS}
    return Physics(owner, dict(owner.STATES), quantities, units, {}, frozenset(), files=())


def _end(notes: Notes, way: Way, name: str, about: BlockInput | BlockOutput) -> End:
    unit = "K" if about.nominal.unit in SCALES else about.nominal.unit
    nominal = about.nominal.to(unit)
    low, high = -inf, inf
    if about.bounds:
        ends = [_to(notes, (*way, "bounds", i), end, unit) for i, end in enumerate(about.bounds)]
        low, high = ends[0], ends[1]
        if not low <= nominal <= high:
            notes.refuse(
                (*way, "nominal"), shown(str(about.nominal)), f"a value from {low:g} to {high:g} {unit}"
            )
    return End(name, unit, nominal, low, high)


def _to(notes: Notes, way: Way, value: Quantity, unit: str) -> float:
    found = notes.in_unit(way, value, unit)
    return 0.0 if found is None else found


def _block(
    notes: Notes, way: Way, about: BlockFile, made: tuple[int, End], given: tuple[int, End], base: int
) -> Block:
    unit = made[1].unit + (inverse(given[1].unit) if given[1].unit != "1" else "")
    gain = 0.0
    try:
        gain = about.gain.to(unit)
    except UnitError:
        notes.refuse((*way, "gain"), shown(str(about.gain)), f"a gain in {unit}")
    if about.dead_time % base:
        got = shown(notes.source.value((*way, "dead_time")))
        notes.refuse((*way, "dead_time"), got, f"a multiple of the base tick ({base} ms)")
    return Block(made[0], given[0], gain, about.time_constant / 1000.0, about.dead_time // base)
