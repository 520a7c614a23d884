"""Plants that are not as designed: one parameter of the suite's robustness study at one factor."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scenario.build.balance import Altered
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.robustness import Parameter, Robustness

NOMINAL = "nominal"


@dataclass(frozen=True)
class Variation:
    """One parameter at one factor; no parameter is the plant as designed."""

    name: str = ""
    parameter: Parameter | None = None
    factor: float = 1.0

    @property
    def text(self) -> str:
        """As rows and ``replay`` name it, such as ``heat_transfer=0.8``."""
        return f"{self.name}={self.factor:g}" if self.parameter else NOMINAL

    def of(self, plant: Plant) -> Altered:
        """What this makes of a plant."""
        about, factor = self.parameter, self.factor
        if about is None:
            return Altered()
        if about.input:
            return Altered(inputs={about.input: factor})
        if about.lag is not None:
            lagging = [tag for tag, m in plant.measurements.items() if m.lag]
            return Altered(lags=dict.fromkeys(about.lag or lagging, factor))
        return Altered(strokes=dict.fromkeys(about.stroke or plant.final_elements, factor))


def variations(study: Robustness | None) -> list[Variation]:
    """Every parameter at every factor, in the order of the file."""
    parameters = study.parameters if study else {}
    return [Variation(name, p, factor) for name, p in parameters.items() for factor in p.factors]


def found(study: Robustness | None, text: str) -> Variation | None:
    """The variation of this name, or None."""
    return next((one for one in (Variation(), *variations(study)) if one.text == text), None)
