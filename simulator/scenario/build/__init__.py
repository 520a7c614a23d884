"""From resolved files to bound layers: the only place that knows both."""

from simulator.scenario.build.case import Case, Threats, build, on_the_wire, struck

__all__ = ["Case", "Threats", "build", "on_the_wire", "struck"]
