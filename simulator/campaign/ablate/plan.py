"""Which removals are worth a run: those of layers that do something where they would be taken from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign.ablate.trial import ACTED

Pair = tuple[str, str]


def layers(rows: Columns) -> tuple[str, ...]:
    """Layers that stood on the path of a watched run."""
    return tuple(name.removeprefix(ACTED) for name in rows if name.startswith(ACTED))


def acted(rows: Columns, layer: str) -> int:
    """Replicas of a watched run in which a layer did anything."""
    return int(np.asarray(rows[f"{ACTED}{layer}"]).sum())


@dataclass
class Tree:
    """Runs of one question: the sound one, those without one layer, those without two.

    Attributes
    ----------
    sound : dict of str to ndarray
        Rows of the sound run.
    single : dict of str to dict
        Rows by the layer that was removed.
    pair : dict of (str, str) to dict
        Rows by the two layers that were removed.
    """

    sound: Columns
    single: dict[str, Columns] = field(default_factory=dict)
    pair: dict[Pair, Columns] = field(default_factory=dict)

    @property
    def layers(self) -> tuple[str, ...]:
        """Every layer of the question, in the order of the path."""
        return layers(self.sound)

    @property
    def called(self) -> tuple[str, ...]:
        """Those that did something in the sound run; without any other the run is the same."""
        return tuple(name for name in self.layers if acted(self.sound, name))

    @property
    def idle(self) -> tuple[str, ...]:
        """Those that did nothing."""
        return tuple(name for name in self.layers if not acted(self.sound, name))

    def without(self, layer: str) -> Columns:
        """Rows without a layer: the sound ones where it did nothing."""
        return self.single.get(layer, self.sound)

    def pairs(self) -> Iterator[Pair]:
        """Pairs that need a run of their own: each of the two does something where the other is gone."""
        for one, other in combinations(self.layers, 2):
            if acted(self.without(one), other) and acted(self.without(other), one):
                yield one, other

    def spared(self) -> Iterator[tuple[Pair, str]]:
        """Every other pair with the layer of it that matters: without both is without that one."""
        for one, other in combinations(self.layers, 2):
            if not acted(self.without(one), other):
                yield (one, other), one
            elif not acted(self.without(other), one):
                yield (one, other), other


def counts(trees: Mapping[str, Tree], with_pairs: bool) -> dict[str, Any]:
    """What was run, what was not, and why not."""
    several = list(trees.values())
    told: dict[str, Any] = {
        "questions": len(several),
        "singles": sum(len(tree.layers) for tree in several),
        "singles_run": sum(len(tree.single) for tree in several),
        "singles_idle": sum(len(tree.idle) for tree in several),
    }
    if with_pairs:
        told["pairs"] = sum(len(tree.layers) * (len(tree.layers) - 1) // 2 for tree in several)
        told["pairs_run"] = sum(len(tree.pair) for tree in several)
        told["pairs_as_single"] = told["pairs"] - told["pairs_run"]
    return told
