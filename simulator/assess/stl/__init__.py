"""Signal temporal logic over recorded traces: three-valued, with margins, vectorised."""

from simulator.assess.stl.formula import Formula
from simulator.assess.stl.mistake import FormulaError
from simulator.assess.stl.parse import parse
from simulator.assess.stl.result import Result, evaluate

__all__ = ["Formula", "FormulaError", "Result", "evaluate", "parse"]
