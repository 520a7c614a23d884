"""The evaluator against the definitions, written out for one replica and one tick at a time."""

import math
import random

import numpy as np

from simulator.assess.stl import evaluate, parse
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag

FORMULAS, REPLICAS, PERIOD = 1_000, 10, 250
MODES = {"MAN": 0, "AUTO": 1, "RCAS": 2, "ROUT": 3}
GROUP = ("RCAS", "ROUT")
SIGNALS = catalogue(
    [
        Signal("x-1", "K"),
        Signal("y.2", "K"),
        Signal("level", "cm"),
        flag("p"),
        flag("q"),
        Signal("mode.T-1", states=MODES, groups={"AI": GROUP}),
    ]
)
UNKNOWN, NEVER = (0, -math.inf, math.inf), (-1, -math.inf, -math.inf)


# --- the definitions -------------------------------------------------------------------------


def negated(value):
    return -value[0], -value[2], -value[1]


def least(values):
    truths, lows, highs = zip(*values, strict=True)
    return min(truths), min(lows), min(highs)


def most(values):
    return negated(least([negated(value) for value in values]))


class Reference:
    """One replica; `value(node, t)` is truth and the bounds of the robustness at tick t."""

    def __init__(self, samples, names, complete, has_margin):
        self.samples, self.complete, self.has_margin = samples, complete, has_margin
        self.n = len(samples["p"])
        bad = [t for name in names for t in range(self.n) if not self.trusted(name, samples[name][t])]
        self.sound = min(bad, default=self.n)
        self.seen = {}

    @staticmethod
    def trusted(name, number):
        codes = SIGNALS[name].states.values()
        return math.isfinite(number) and (not codes or number in codes)

    def value(self, node, t):
        if t >= self.n:
            return UNKNOWN
        if (id(node), t) not in self.seen:
            self.seen[id(node), t] = getattr(self, node[0])(t, *node[1:])
        return self.seen[id(node), t]

    def atom(self, t, holds, margin):
        if t >= self.sound:
            return UNKNOWN
        if not self.has_margin:
            margin = math.inf if holds else -math.inf
        return (1 if holds else -1), margin, margin

    def number(self, t, term):
        match term:
            case ("sample", name):
                return self.samples[name][t]
            case ("abs", inner):
                return abs(self.number(t, inner))
            case ("minus", left, right):
                return self.number(t, left) - self.number(t, right)
            case ("plus", left, right):
                return self.number(t, left) + self.number(t, right)
            case ("times", factor, inner):
                return factor * self.number(t, inner)
            case ("constant", value, _):
                return value

    def compare(self, t, relation, left, right):
        a, b = self.number(t, left), self.number(t, right)
        if relation in ("<", "<="):
            return self.atom(t, a < b or (relation == "<=" and a == b), b - a)
        if relation in (">", ">="):
            return self.atom(t, a > b or (relation == ">=" and a == b), a - b)
        return self.atom(t, (a == b) == (relation == "=="), -abs(a - b) if relation == "==" else abs(a - b))

    def state(self, t, name, relation, word):
        members = GROUP if word == "AI" else (word,)
        codes = [SIGNALS[name].states[member] for member in members]
        holds = (self.samples[name][t] in codes) == (relation == "==")
        return self.atom(t, holds, math.inf if holds else -math.inf)

    def negation(self, t, inner):
        return negated(self.value(inner, t))

    def conjunction(self, t, left, right):
        return least([self.value(left, t), self.value(right, t)])

    def disjunction(self, t, left, right):
        return most([self.value(left, t), self.value(right, t)])

    def implication(self, t, left, right):
        return most([negated(self.value(left, t)), self.value(right, t)])

    def rise(self, t, inner):
        return least([self.value(inner, t), negated(self.value(inner, t - 1))]) if t else NEVER

    def ticks(self, t, window):
        """Ticks an operator looks at; one past the record where that is not all there is."""
        if window is not None:
            return range(t + window[0], t + window[1] + 1)
        return range(t, self.n if self.complete else self.n + 1)

    def always(self, t, window, inner):
        return least([self.value(inner, k) for k in self.ticks(t, window)])

    def eventually(self, t, window, inner):
        return most([self.value(inner, k) for k in self.ticks(t, window)])

    def until(self, t, window, left, right):
        def way(k):
            return least([self.value(right, k), *(self.value(left, j) for j in range(t, k))])

        return most([way(k) for k in self.ticks(t, window)])


# --- random formulas and records ---------------------------------------------------------------


def bound(rng):
    return "constant", rng.randrange(-6, 7) / 2, "K"


def term(rng):
    sample = ("sample", rng.choice(["x-1", "y.2"]))
    other = ("sample", "y.2" if sample[1] == "x-1" else "x-1")
    shapes = [sample, sample, sample, ("abs", sample), ("times", rng.choice([2.0, -0.5]), sample)]
    shapes += [("minus", sample, other), ("plus", sample, bound(rng)), ("abs", ("minus", sample, other))]
    return rng.choice(shapes)


def atom(rng, mixed):
    kind = rng.random()
    if kind < 0.12:
        return "state", rng.choice("pq"), "==", "TRUE"
    if kind < 0.3:
        return "state", "mode.T-1", rng.choice(["==", "!="]), rng.choice(["MAN", "AUTO", "AI"])
    relation = rng.choice(["<", "<=", ">", ">=", "<", "<=", ">", ">=", "==", "!="])
    if mixed and kind < 0.6:
        return "compare", relation, ("sample", "level"), ("constant", 50.0 * rng.randrange(-3, 4), "cm")
    sides = (term(rng), bound(rng)) if rng.random() < 0.85 else (bound(rng), term(rng))
    return "compare", relation, *sides


def window(rng):
    if rng.random() < 0.3:
        return None
    first = rng.choice([0, 0, 0, 1, 2, 3])
    return first, first + rng.choice([0, 1, 1, 2, 3, 4, 6, 30])


def grow(rng, depth, mixed):
    if depth == 0 or rng.random() < 0.1:
        return atom(rng, mixed)
    kinds = ["negation", "conjunction", "disjunction", "implication", "rise", "until"]
    kind = rng.choice([*kinds, "always", "always", "eventually", "eventually"])
    if kind in ("negation", "rise"):
        return kind, grow(rng, depth - 1, mixed)
    if kind in ("always", "eventually"):
        return kind, window(rng), grow(rng, depth - 1, mixed)
    delays = [window(rng)] if kind == "until" else []
    return (kind, *delays, grow(rng, depth - 1, mixed), grow(rng, depth - 1, mixed))


def record(rng, n_ticks):
    """Samples on a coarse grid (many margins of exactly 0) or any float32; some are spoiled."""
    coarse = rng.random() < 0.6

    def draw(name):
        codes = list(SIGNALS[name].states.values())
        scale = 100.0 if name == "level" else 1.0
        value = float(rng.choice(codes)) if codes else rng.gauss(0, 2) * scale
        if coarse and not codes:
            value = rng.randrange(-6, 7) / 2 * scale
        return float(np.float32(value))

    def steady(name):
        column = [draw(name) for _ in range(n_ticks)]
        for t in range(1, n_ticks):
            if rng.random() < 0.5:
                column[t] = column[t - 1]
        return column

    samples = {name: steady(name) for name in SIGNALS}
    if rng.random() < 0.3 and n_ticks:
        samples[rng.choice(list(samples))][rng.randrange(n_ticks)] = rng.choice([math.nan, math.inf, 0.25])
    return samples


# --- as text -----------------------------------------------------------------------------------


TEMPLATES = {
    "abs": "abs({})",
    "minus": "({} - {})",
    "plus": "{} + {}",
    "times": "{} * {}",
    "compare": "{1} {0} {2}",
    "negation": "not ({})",
    "rise": "rise({})",
    "conjunction": "({}) and ({})",
    "disjunction": "({}) or ({})",
    "implication": "({}) -> ({})",
    "always": "always{} ({})",
    "eventually": "eventually{} ({})",
    "until": "({1}) until{0} ({2})",
}


def delays(window):
    if window is None:
        return ""
    first, last = (ticks * PERIOD for ticks in window)
    return f"[{first} ms:{last / 1000} s]" if last % 500 else f"[{first / 1000}:{last / 1000} s]"


def text_of(node):
    kind, *parts = node
    if kind == "state":
        name, relation, word = parts
        return name if word == "TRUE" else f"{name} {relation} {word}"
    if kind == "constant":
        value, unit = parts
        return f"{value / 100} m" if unit == "cm" else f"{value} {unit}"
    if kind == "sample":
        return parts[0]
    if kind in ("always", "eventually", "until"):
        parts[0] = delays(parts[0])
    return TEMPLATES[kind].format(*(text_of(part) if isinstance(part, tuple) else part for part in parts))


def witness_of(reference, node, truth, margin):
    """Earliest tick of the smallest margin under an outermost always."""
    if truth == 0 or margin == math.inf:
        return -1
    ticks = [k for k in reference.ticks(0, node[1]) if k < reference.n]
    values = {k: reference.value(node[2], k) for k in ticks}
    if truth > 0:
        return min(ticks, key=lambda k: values[k][1])
    return min((k for k in ticks if values[k][0] < 0), key=lambda k: values[k][2])


# --- the claims --------------------------------------------------------------------------------


def pairs():
    """Formula, its tree, its records, and which of them reach the planned end."""
    rng = random.Random(20_250_101)
    for index in range(FORMULAS):
        node = grow(rng, rng.choice([1, 2, 3, 3, 4]), mixed=index % 8 == 0)
        n_ticks = rng.choice([1, 2, 5, 8, 12, 16])
        records = [record(rng, n_ticks) for _ in range(REPLICAS)]
        yield text_of(node), node, records, [rng.random() < 0.85 for _ in range(REPLICAS)]


def traces_of(records, complete):
    data = {name: np.array([samples[name] for samples in records], np.float32).T for name in SIGNALS}
    return ArrayTraces(PERIOD, SIGNALS, data, np.array(complete))


def test_truth_margin_and_witness_follow_the_definitions_on_ten_thousand_pairs():
    count = {-1: 0, 0: 0, 1: 0}
    witnesses = 0
    for text, node, records, complete in pairs():
        formula = parse(text, SIGNALS)
        result = evaluate(formula, traces_of(records, complete))
        for k, samples in enumerate(records):
            reference = Reference(samples, formula.signals, complete[k], formula.has_margin)
            truth, low, high = reference.value(node, 0)
            truth = 0 if truth > 0 and not complete[k] else truth
            margin = {1: low, 0: math.nan, -1: high}[truth] + 0.0
            assert result.truth[k] == truth, (text, samples)
            if node[0] == "always":
                assert result.witness[k] == witness_of(reference, node, truth, margin), (text, samples)
                witnesses += truth != 0
            margin = math.nan if len(formula.units) > 1 else margin
            np.testing.assert_equal(result.margin[k], margin, err_msg=f"{text} {samples}")
            count[truth] += 1
    assert sum(count.values()) == FORMULAS * REPLICAS == 10_000
    assert min(count.values()) > 1_500, count
    assert witnesses > 500
