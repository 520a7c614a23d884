"""From resolved files to bound layers: the only place that knows both."""

from simulator.scenario.build.case import Case, build, on_the_wire, struck
from simulator.scenario.build.threat_parts import Threats

__all__ = ["Case", "Threats", "build", "on_the_wire", "struck"]
