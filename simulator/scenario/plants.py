"""Finds plants by name or path and imports their physics."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from simulator.core.param import Param, params, required

GROUP = "plantproof.plants"


class PlantError(Exception):
    """A plant or its physics cannot be found or imported."""

    def __init__(self, got: str, wanted: str, hint: str = "") -> None:
        super().__init__(f"got {got}, wanted {wanted}")
        self.got, self.wanted, self.hint = got, wanted, hint


@dataclass(frozen=True)
class Physics:
    """The physics of a plant, as its class declares it.

    Attributes
    ----------
    owner : type
        The class; build it with ``owner(**parameters)``.
    states, quantities, inputs : mapping of str to str
        Units by name, in the order of the class.
    parameters : mapping of str to Param
        What may be set.
    required : frozenset of str
        Parameters without a default.
    files : tuple of Path or None
        Its sources, where they are not the files beside the class; none for blocks of a plant file.
    """

    owner: type[Any]
    states: Mapping[str, str]
    quantities: Mapping[str, str]
    inputs: Mapping[str, str]
    parameters: Mapping[str, Param]
    required: frozenset[str]
    files: tuple[Path, ...] | None = None

    @property
    def sources(self) -> tuple[Path, ...]:
        """Python files beside the class: part of the input, as the plant file is."""
        if self.files is not None:
            return self.files
        return tuple(sorted(Path(inspect.getfile(self.owner)).resolve().parent.glob("*.py")))


def installed() -> dict[str, EntryPoint]:
    """Installed plants by name."""
    return {point.name: point for point in entry_points(group=GROUP)}


def locate(name: str, folder: Path) -> Path:
    """The plant file for a name, or for a path ending in ``.yaml`` relative to `folder`."""
    if name.endswith(".yaml"):
        return folder / name
    point = installed().get(name)
    if point is None:
        raise PlantError(f"'{name}'", "an installed plant, or a path ending in .yaml")
    found = _folder_of(point.value)
    if found is None:
        raise PlantError(f"'{name}' without its package {point.value}", "a plant that is installed whole")
    return found / "plant.yaml"


def _folder_of(package: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(package)
    except ImportError:
        return None
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None


def physics(text: str, folder: Path) -> Physics:
    """Import the class that ``module:Class`` or ``./model.py:Class`` names.

    Raises
    ------
    PlantError
        When there is none, or it does not declare what the engine needs.
    """
    place, _, name = text.rpartition(":")
    if not place or not name.isidentifier():
        raise PlantError(f"'{text}'", "module:Class, or ./model.py:Class")
    module = _from_file(folder / place) if place.endswith(".py") else _from_package(place)
    owner = getattr(module, name, None)
    if not isinstance(owner, type):
        classes = ", ".join(sorted(n for n, v in vars(module).items() if isinstance(v, type)))
        raise PlantError(f"'{name}'", f"a class of {place}", f"(known: {classes})")
    return declared(owner)


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise PlantError(f"'{path.name}'", "a file beside the plant file")
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    spec = importlib.util.spec_from_file_location(f"plant_{digest}", path)
    if spec is None or spec.loader is None:
        raise PlantError(f"'{path.name}'", "a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[spec.name]
        raise PlantError(_told(path.name, error), "physics that can be imported") from error
    return module


def _from_package(name: str) -> ModuleType:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None:
        raise PlantError(f"'{name}'", "a Python module that is installed")
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise PlantError(_told(name, error), "physics that can be imported") from error


def _told(name: str, error: Exception) -> str:
    return f"'{name}' with {type(error).__name__}: {str(error).partition(chr(10))[0]}"


def declared(owner: type[Any]) -> Physics:
    """What a class says of its physics; raises `PlantError` when it lacks a table."""
    tables: dict[str, dict[str, str]] = {}
    for table in ("STATES", "QUANTITIES", "INPUTS"):
        rows = getattr(owner, table, None)
        if not rows:
            wanted = "physics with STATES, QUANTITIES and INPUTS"
            raise PlantError(f"{owner.__name__} without {table}", wanted)
        tables[table.lower()] = {row[0]: row[1] for row in rows}
    known = params(owner) if is_dataclass(owner) else {}
    needed = frozenset(name for name, (_, f) in known.items() if required(f))
    about = {name: one for name, (one, _) in known.items()}
    seen = tables["states"], tables["quantities"], tables["inputs"]
    return Physics(owner, *seen, parameters=about, required=needed)
