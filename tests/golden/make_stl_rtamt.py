"""Make `stl_rtamt.json.gz`: random formulas, and what rtamt 0.4.10 answers offline.

Run by hand, where rtamt is installed: ``python tests/golden/make_stl_rtamt.py``. Its syntax is
ours but for the units. Three of its habits are kept out of the answers: it appends to the lists
it is given (each call gets its own), a window past the end of the record counts as plus or minus
infinity (records are longer than any formula reaches, and an operator without a window holds
none with one), and its ``rise`` may be true at the first sample (not asked).
"""

import gzip
import importlib.metadata
import json
import random
import re

import rtamt
from test_stl_rtamt import ANSWERS, NAMES, REPLICAS, TICKS, record

FORMULAS, DEPTH, LONGEST = 1_000, 4, 9


def quantity(rng):
    name, other = rng.sample(NAMES, 2)
    constant = rng.randrange(-12, 13) / 4
    shapes = [name, name, f"abs({name})", f"({name} - {other})", f"abs({name} + {other})"]
    return rng.choice([*shapes, f"({name} * 2.5)", f"({name} + {abs(constant)})", f"({name} * {other})"])


def atom(rng):
    relation = rng.choice(["<", "<=", ">", ">="])
    right = rng.choice([str(rng.randrange(0, 13) / 4), str(-rng.randrange(1, 13) / 4), rng.choice(NAMES)])
    return f"({quantity(rng)} {relation} {right})"


def window(rng):
    first = rng.choice([0, 0, 1, 2, 5])
    return f"[{first}:{rng.randrange(first, LONGEST + 1)} s]"


def grow(rng, depth, bounded):
    """A formula in full parentheses; below an operator without a window none has one."""
    if depth == 0 or rng.random() < 0.08:
        return atom(rng)
    kind = rng.choice(["not", "and", "or", "->", "until", "always", "always", "eventually", "eventually"])
    span = window(rng) if bounded and rng.random() < 0.75 else ""
    below = bounded and (bool(span) or kind in ("not", "and", "or", "->"))
    left = grow(rng, depth - 1, below)
    if kind == "not":
        return f"(not {left})"
    if kind in ("always", "eventually"):
        return f"({kind}{span} {left})"
    right = grow(rng, depth - 1, below)
    return f"({left} {kind}{span if kind == 'until' else ''} {right})"


def robustness(text, samples):
    """What rtamt says of the formula at time 0."""
    judge = rtamt.StlDiscreteTimeSpecification()
    for name in NAMES:
        judge.declare_var(name, "float")
    judge.spec = re.sub(r" s\]", "]", text)
    judge.parse()
    lists = {name: list(column) for name, column in samples.items()}
    return judge.evaluate({"time": list(range(TICKS)), **lists})[0][1]


def main():
    rng = random.Random(410)
    answers = []
    while len(answers) < FORMULAS:
        text = grow(rng, rng.randrange(1, DEPTH + 1), bounded=True)
        seeds = range(len(answers) * REPLICAS, (len(answers) + 1) * REPLICAS)
        answers.append([text, [robustness(text, record(seed)) + 0.0 for seed in seeds]])
    made_by = f"rtamt {importlib.metadata.version('rtamt')}, offline, discrete time"
    stored = json.dumps({"made_by": made_by, "answers": answers}, allow_nan=False).encode()
    ANSWERS.write_bytes(gzip.compress(stored, 9, mtime=0))


if __name__ == "__main__":
    main()
