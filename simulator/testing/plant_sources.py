"""What must not stand in the source of a plant's physics: products of matrices, clocks, chance, files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

PRODUCTS = frozenset({"dot", "matmul", "einsum", "tensordot", "inner", "vdot", "linalg"})
"""Of numpy: their results depend on how many replicas stand beside each other."""
OUTSIDE = {
    "time": "the clock", "datetime": "the clock", "random": "chance", "secrets": "chance", "uuid": "chance",
    "socket": "a network", "requests": "a network", "urllib": "a network", "subprocess": "another process",
}  # fmt: skip
OPENS = frozenset({"open", "input", "exec", "eval"})


def forbidden(files: Iterable[Path]) -> Iterator[str]:
    """Every forbidden thing in the sources, with its place."""
    for path in files:
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError) as error:
            yield f"{path.name} cannot be read: {error}"
            continue
        if _is_physics(tree):
            for line, told in sorted(_found(tree)):
                yield f"{path.name}:{line} {told}"


def _is_physics(tree: ast.Module) -> bool:
    """Whether a file is about physics; one that trains a policy beside it may draw numbers."""
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return "main" not in names


def _found(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield node.lineno, "the product '@': its last bits depend on the batch; write the sum"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _NUMPY:
            if node.attr in PRODUCTS:
                yield (
                    node.lineno,
                    f"{node.value.id}.{node.attr}: its last bits depend on the batch; write the sum",
                )
            elif node.attr == "random":
                yield node.lineno, f"{node.value.id}.random: chance belongs to the engine's seeded streams"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPENS:
            yield node.lineno, f"{node.func.id}(): physics reads nothing but its arguments"


_NUMPY = ("np", "numpy")


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[int, str]]:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for name in names:
        why = OUTSIDE.get(name.partition(".")[0])
        if why:
            yield node.lineno, f"import {name}: physics must not depend on {why}"
        elif name.startswith("numpy.random"):
            yield node.lineno, f"import {name}: chance belongs to the engine's seeded streams"
