"""What a study says: the table of questions and layers, pairs, layers without a part, and what is ruled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.assess.ablation import (
    ABSENT,
    IDLE,
    LOST,
    Finding,
    Weighed,
    find,
    jointly,
    violates,
    weigh,
)
from simulator.assess.equipment import Used, equipment, shared
from simulator.assess.statistics import upper_bound
from simulator.campaign.ablate.plan import Tree, acted
from simulator.scenario.checks.suite import LAYERS
from simulator.scenario.plain import plant_data
from simulator.scenario.resolved import ResolvedSuite

Data = dict[str, Any]


class Outcome:
    """The runs of a study, weighed.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    trees : mapping of str to Tree
        Runs by question.
    replicas : int
        Of each run.
    """

    def __init__(self, suite: ResolvedSuite, trees: Mapping[str, Tree], replicas: int) -> None:
        self.suite, self.trees, self.replicas = suite, trees, replicas
        self.single = {
            key: {layer: weigh(tree.sound, rows) for layer, rows in tree.single.items()}
            for key, tree in trees.items()
        }
        self.used = {key: equipment(plant_data(plant)) for key, plant in suite.plants.items()}

    @property
    def bound(self) -> float:
        """What no case in so many replicas bounds its share by."""
        return upper_bound(0, self.replicas, self.suite.criteria.confidence)

    @property
    def layers(self) -> list[str]:
        """Columns of the table: layers of the control system, then safety functions."""
        sifs = sorted({name for plant in self.suite.plants.values() for name in plant.spec.sifs})
        there = {name for tree in self.trees.values() for name in tree.layers}
        return [name for name in (*LAYERS, *sifs) if name in there]

    def data(self, with_pairs: bool) -> Data:
        """Everything as plain data."""
        questions = {key: self._question(key, with_pairs) for key in self.trees}
        findings = [self._sound(), self._alone(), *([self._together(questions)] if with_pairs else [])]
        return {
            "replicas": self.replicas, "confidence": self.suite.criteria.confidence, "bound": self.bound,
            "layers": self.layers, "questions": questions, "never": self._never(),
            "without_effect": self._without_effect(), "harmful": self._harmful(),
            "equipment": self._equipment(),
            "findings": [one.data() for one in findings],
        }  # fmt: skip

    def _question(self, key: str, with_pairs: bool) -> Data:
        tree, asked = self.trees[key], self.suite.scenarios[key]
        held = {"rungs": weigh(tree.sound, tree.sound).rungs, "violated": dict(self._violated(key))}
        told = {
            "question": asked.spec.question, "plant": asked.spec.plant, "ai": asked.variant,
            "phase": asked.spec.phase, "units": {name: f.margin_unit for name, f in asked.formulas.items()},
            "sound": held, "cells": {layer: self._cell(key, layer) for layer in self.layers},
        }  # fmt: skip
        return told | ({"pairs": list(self._pairs(key))} if with_pairs else {})

    def _violated(self, key: str) -> Iterator[tuple[str, int]]:
        sound = self.trees[key].sound
        for name in self.suite.scenarios[key].formulas:
            failed = int(violates(sound[f"{name}.truth"]).sum())
            if failed:
                yield name, failed

    def _cell(self, key: str, layer: str) -> Data:
        tree = self.trees[key]
        if layer not in tree.layers:
            return {"word": ABSENT, "called": 0}
        if layer not in tree.single:
            return {"word": IDLE, "called": 0}
        return {"called": acted(tree.sound, layer)} | self.single[key][layer].data()

    def _pairs(self, key: str) -> Iterator[Data]:
        """Pairs without which more is lost than without either of them."""
        tree, mine = self.trees[key], self.single[key]
        for pair, rows in tree.pair.items():
            both = weigh(tree.sound, rows)
            lost = int(jointly(both, [mine.get(layer) for layer in pair]).sum())
            if lost or both.blind:
                yield {
                    "layers": list(pair),
                    "jointly": lost,
                    "shared": self._shared(key, *pair),
                } | both.data()

    def _shared(self, key: str, one: str, other: str) -> dict[str, list[str]]:
        used = self.used[self.suite.scenarios[key].spec.plant]
        return shared(used[one], used[other]) if one in used and other in used else {}

    def _never(self) -> list[str]:
        return [x for x in self.layers if not any(x in tree.called for tree in self.trees.values())]

    def _without_effect(self) -> list[str]:
        """Layers that acted, and without which every record is bit-identical."""
        return [
            layer
            for layer in self.layers
            if layer not in self._never()
            and all(mine[layer].same for mine in self.single.values() if layer in mine)
        ]

    def _harmful(self) -> list[Data]:
        """Layers of the control system without which a safety function is called upon less often."""
        return [
            {"question": key, "layer": layer, "spared": one.spared}
            for key, mine in self.single.items()
            for layer, one in mine.items()
            if one.spared and layer in LAYERS
        ]

    def _equipment(self) -> Data:
        def told(used: Used) -> dict[str, list[str]]:
            return {kind: sorted(names) for kind, names in used.items()}

        return {
            plant: {layer: told(used) for layer, used in by_layer.items() if layer in self.layers}
            for plant, by_layer in self.used.items()
        }

    def _sound(self) -> Finding:
        against = [f"{key} {', '.join(found)}" for key in self.trees if (found := dict(self._violated(key)))]
        text = "With every layer in place the questions' requirements hold."
        return find(text, len(self.trees), against, [], self.bound)

    def _alone(self) -> Finding:
        """SIFs are the last layer by design; no other may be the one on which a limit hangs."""
        mine = [(key, layer, one) for key, by in self.single.items() for layer, one in by.items()]
        control = [(key, layer, one) for key, layer, one in mine if layer in LAYERS]
        n = sum(layer in LAYERS for tree in self.trees.values() for layer in tree.layers)
        text = "No safety limit hangs on one layer of the control system."
        lost = [one for one in control if one[2].word == LOST]
        blind = [one for one in control if one[2].word != LOST and one[2].blind]
        return find(text, n, list(_told(lost)), list(_told(blind)), self.bound)

    def _together(self, questions: Mapping[str, Data]) -> Finding:
        n = sum(bool(self._shared(key, *pair)) for key, tree in self.trees.items() for pair in tree.pair)
        pairs = [(key, pair) for key, one in questions.items() for pair in one["pairs"] if pair["shared"]]
        lost = _grouped([(key, pair) for key, pair in pairs if pair["jointly"]])
        undecided = _grouped([(key, pair) for key, pair in pairs if not pair["jointly"]])
        text = "No two layers with equipment in common lose a safety limit together that either alone keeps."
        return find(text, n, lost, undecided, self.bound)


def _told(found: list[tuple[str, str, Weighed]]) -> Iterator[str]:
    for key, layer, one in found:
        n = int(one.unsafe.sum())
        yield f"{key} without {layer}" + (f" in {n} of {len(one.unsafe)}" if n else "")


def _grouped(found: list[tuple[str, Data]]) -> list[str]:
    """A text for every pair, with what it has in common and the questions that show it."""
    by: dict[str, list[str]] = {}
    for key, pair in found:
        common = "; ".join(", ".join(names) for names in pair["shared"].values())
        by.setdefault(f"{' and '.join(pair['layers'])} (common: {common})", []).append(key)
    return [f"{pair}: {', '.join(keys)}" for pair, keys in by.items()]
