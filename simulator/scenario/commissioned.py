"""The commissioning file: what it belongs to, and why another plant's is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from simulator.control.ai.session import beside, refused
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.plants import Physics
from simulator.scenario.schema.commissioning import Commissioning, Digests, parsed
from simulator.scenario.schema.plant import Plant

KEY = "commissioning"
"""Key of the plant file that names it, and the only one that it does not depend on."""
_MOST_BYTES = 10_000_000


def digests(data: Mapping[str, Any], plant: Plant, about: Physics, folder: Path) -> Digests:
    """What a commissioning file belongs to.

    Parameters
    ----------
    data : mapping
        The plant file as plain data: comments and order do not count, every value does.
    plant : Plant
        The plant file.
    about : Physics
        Its physics.
    folder : Path
        Where policies are.
    """
    keys = {key: _of(json.dumps(value, sort_keys=True)) for key, value in data.items() if key != KEY}
    sources = {path.name: _of(path.read_bytes()) for path in about.sources}
    policies = {name: _of(_whole(folder / ai.model)) for name, ai in plant.ai.items()}
    return Digests(plant=keys, physics=sources, policies=policies)


def _whole(policy: Path) -> bytes:
    """A policy with the constants that it keeps in other files."""
    return b"".join(path.read_bytes() for path in (policy, *beside(policy)))


def _of(content: str | bytes) -> str:
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def commissioned(notes: Notes, plant: Plant, about: Physics, folder: Path) -> Commissioning | None:
    """Read the commissioning file of a plant; note why it is refused."""
    if plant.commissioning is None:
        for key in ("monitor", "novelty"):
            if getattr(plant, key):
                wanted = f"'{KEY}: {KEY}.json' beside '{key}'"
                notes.refuse((key,), f"the key '{key}' alone", wanted, _do(notes), key=True)
        return None
    found = _read(notes, folder / plant.commissioning)
    if found is None or not all((folder / ai.model).is_file() for ai in plant.ai.values()):
        return None
    then, now = found.digests, digests(notes.source.data, plant, about, folder)
    strange = _strange(found, plant, now)
    if strange:
        notes.refuse((KEY,), *strange, _do(notes))
        # a policy that is none has a fault of its own, which tells more than that it is another one
        other = [ai.model for name, ai in plant.ai.items() if now.policies[name] != then.policies.get(name)]
        notes.problems += [problem for model in dict.fromkeys(other) for problem in refused(folder / model)]
    return None if strange else found


def _strange(found: Commissioning, plant: Plant, now: Digests) -> tuple[str, str] | None:
    """Why a commissioning file is not that of this plant: what it is, and what is wanted."""
    if found.plant != plant.plant:
        return f"the commissioning file of plant '{found.plant}'", f"that of '{plant.plant}'"
    if changed := list(_changed(found.digests, now)):
        return f"a file from before {', '.join(changed)} changed", _WANTED
    if lacking := list(_lacking(found, plant)):
        return f"a file without {', '.join(lacking)}", _WANTED
    return None


def _lacking(found: Commissioning, plant: Plant) -> Iterator[str]:
    """Models that the plant asks for and the file does not have."""
    signals = plant.monitor.signals if plant.monitor else {}
    for name in plant.ai:
        variant = found.variants.get(name)
        if variant is None:
            yield f"the variant '{name}'"
            continue
        if plant.novelty and variant.novelty is None:
            yield f"novelty of '{name}'"
        yield from (f"signal '{s}' of '{name}'" for s in signals if s not in variant.monitor)


_WANTED = "the commissioning file of this very plant file, physics and policies"


def _do(notes: Notes) -> str:
    return f"run: plantproof commission {notes.source.file} --force"


def _read(notes: Notes, path: Path) -> Commissioning | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"more than {_MOST_BYTES // 10**6} MB")
        return parsed(path.read_bytes())
    except OSError:
        notes.refuse((KEY,), shown(path.name), "a file beside the plant file", _do(notes))
    except ValueError as error:
        got = f"{shown(path.name)} with {error}"
        notes.refuse((KEY,), got, "a file that plantproof commission wrote", _do(notes))
    return None


def _changed(then: Digests, now: Digests) -> Iterator[str]:
    for what, group in (("plant", "the key"), ("physics", "the physics source"), ("policies", "the policy")):
        a, b = getattr(then, what), getattr(now, what)
        yield from (f"{group} '{name}'" for name in sorted(a.keys() | b.keys()) if a.get(name) != b.get(name))
