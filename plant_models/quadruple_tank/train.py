"""Train the two policies of the quadruple tank: ``python -m plant_models.quadruple_tank.train``.

Each writes both setpoints; it is searched for in the product's own closed loop, behind its guards,
on the plant file's own cost index. The same sources give the same files, byte for byte (``--check``).
"""

from __future__ import annotations

from plant_models.training.recipe import Recipe, main

FAR = {"true.level_1": 2.0, "true.level_2": 2.0}  # cm from the setpoint


# The start is feed-forward: the flow that a pump's speed does not explain, taken off through the gain of
# its loop's PID (26 %/cm at P-; 4 and 6 %/cm at P+) and shared among the four cycles of the history.
def _feed_forward(pump: str, each: float) -> dict[str, tuple[float, ...]]:
    return {f"FT-21{pump}": (-each,) * 4, f"ST-20{pump}": (each,) * 4}


DIAGONAL = (_feed_forward("1", 0.02), _feed_forward("2", 0.02))
CROSSED = (_feed_forward("2", 0.1), _feed_forward("1", 0.15))
RECIPES = (
    Recipe("quadruple_tank", "rcas", DIAGONAL, 1.5, FAR, (70, 0.01), (20, 0.001), seeds=8),
    Recipe("quadruple_tank_plus", "rcas", CROSSED, 1.5, FAR, (80, 0.05), (20, 0.004), seeds=8),
)

if __name__ == "__main__":
    raise SystemExit(main(RECIPES, __doc__))
