"""A suite whose files have been read, checked against each other and understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.assess.stl import Formula
from simulator.control.ai.session import beside
from simulator.core.clock import Tick
from simulator.core.quantity import Distribution
from simulator.core.traces import Signal
from simulator.scenario.catalogue import Row
from simulator.scenario.plants import Physics
from simulator.scenario.schema.commissioning import Commissioning
from simulator.scenario.schema.criteria import Criteria, Plan
from simulator.scenario.schema.plant import Ai, Plant
from simulator.scenario.schema.requirements import Requirement, Requirements
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.schema.suite import Suite
from simulator.scenario.tags import Tag


@dataclass(frozen=True)
class Foreign:
    """A policy file with its io file.

    Attributes
    ----------
    policy, io : Path
        As the user named them.
    """

    policy: Path
    io: Path


@dataclass(frozen=True)
class ResolvedPlant:
    """One plant: its file, its physics and what they say together.

    Attributes
    ----------
    key : str
        As scenarios name it.
    file : Path
        plant.yaml; policies and physics are relative to its folder.
    spec : Plant
        The file.
    physics : Physics
        Class and units.
    parameters : mapping of str to float
        What the file sets, in the units of the physics: ``physics.owner(**parameters)``.
    tags : mapping of str to Tag
        Transmitters, copies and readbacks with units and spans.
    policies : mapping of str to Path
        ONNX file by variant of the AI.
    findings : tuple of str
        What a reviewer should see.
    commissioning : Commissioning or None
        What was measured on it; None for a plant that names no such file.
    foreign : Foreign or None
        What took the place of its own policies.
    """

    key: str
    file: Path
    spec: Plant
    physics: Physics
    parameters: Mapping[str, float]
    tags: Mapping[str, Tag]
    policies: Mapping[str, Path]
    findings: tuple[str, ...] = ()
    commissioning: Commissioning | None = None
    foreign: Foreign | None = None

    @property
    def beside(self) -> tuple[Path, ...]:
        """Files that the plant file names: policies with their constants, and the commissioning file."""
        named = self.spec.commissioning
        constants = (one for path in self.policies.values() for one in beside(path))
        return (*self.policies.values(), *constants, *((self.folder / named,) if named else ()))

    @property
    def name(self) -> str:
        """Name of the plant, as its file says."""
        return self.spec.plant

    @property
    def folder(self) -> Path:
        """Folder of the plant file."""
        return self.file.parent


@dataclass(frozen=True)
class ResolvedThreat:
    """One threat, its numbers in the units of what it strikes.

    Attributes
    ----------
    onset, lasts : Distribution
        In ms; `lasts` is None when it stays to the end.
    parameters : mapping of str to Distribution
        Of its kind, in `units`.
    units : mapping of str to str
        Unit by parameter.
    search : mapping of str to tuple
        Ranges for falsify and envelope: onset and lasts in ms, parameters in `units`.
    """

    name: str
    kind: str
    tap: str
    target: str | None
    onset: Distribution
    lasts: Distribution | None
    parameters: Mapping[str, Distribution]
    units: Mapping[str, str]
    search: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class ResolvedScenario:
    """One scenario on one plant.

    Attributes
    ----------
    variant : str
        Which of the plant's AI variants acts.
    start : mapping of str to Distribution
        States that do not start at nominal, in the units of the physics.
    formulas : mapping of str to Formula
        Its requirements that are formulas, read against its signals, by id.
    plans : mapping of str to Plan
        Sample size by requirement.
    row : Row or None
        Its row of the catalogue; None for a scenario the catalogue does not know.
    base : str
        Id of its file: the same for a question and its crossings, which share their draws.
    """

    file: Path
    spec: Scenario
    plant: ResolvedPlant
    variant: str
    threats: tuple[ResolvedThreat, ...]
    start: Mapping[str, Distribution]
    requirements: Mapping[str, Requirement]
    formulas: Mapping[str, Formula]
    plans: Mapping[str, Plan]
    signals: Mapping[str, Signal]
    row: Row | None
    base: str
    findings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id, such as ``SNS-002``."""
        return self.spec.id

    @property
    def duration(self) -> Tick:
        """Planned end [ms]."""
        return self.spec.duration

    @property
    def streams(self) -> str:
        """Id of the question whose draws these are."""
        return self.spec.draws.of if self.spec.draws else self.base

    @property
    def ai(self) -> Ai:
        """The variant of the AI that acts."""
        return self.plant.spec.ai[self.variant]

    @property
    def policy(self) -> Path:
        """Its ONNX file."""
        return self.plant.policies[self.variant]

    def asks(self, policy: Path) -> bool:
        """Whether this policy acts in it, or none."""
        return self.spec.fallback_only or self.policy == policy

    @property
    def replicas(self) -> int:
        """How many replicas its most demanding requirement wants."""
        return max(plan.runs or plan.replicas for plan in self.plans.values())


@dataclass(frozen=True)
class ResolvedSuite:
    """Everything a run needs, checked.

    Attributes
    ----------
    plants : mapping of str to ResolvedPlant
        By the name that suite and scenarios use; the suite's own first.
    scenarios : mapping of str to ResolvedScenario
        By id, in the order of the suite.
    files : tuple of Path
        Every input file, for the record.
    findings : tuple of str
        What a reviewer should see.
    foreign : Foreign or None
        What took the place of the plants' own policies.
    """

    file: Path
    spec: Suite
    requirements: Requirements
    criteria: Criteria
    plants: Mapping[str, ResolvedPlant]
    scenarios: Mapping[str, ResolvedScenario]
    files: tuple[Path, ...] = ()
    findings: tuple[str, ...] = ()
    foreign: Foreign | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of the questions that are asked: with a foreign policy, those in which it can act."""
        if self.foreign is None:
            return tuple(self.scenarios)
        policy = self.foreign.policy.resolve()
        return tuple(key for key, scenario in self.scenarios.items() if scenario.asks(policy))

    @property
    def plant(self) -> ResolvedPlant:
        """The suite's own plant."""
        return self.plants[self.spec.plant]
