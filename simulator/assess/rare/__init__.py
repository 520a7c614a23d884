"""What repeats of a subset simulation prove, and when they are not to be trusted."""

from simulator.assess.rare.study import Study
from simulator.assess.rare.verdict import judge

__all__ = ["Study", "judge"]
