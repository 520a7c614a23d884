"""Reads the weights of a policy that is a plain network, from the file itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulator.control.ai.chain import Chain, Unreadable
from simulator.control.ai.layout import Layout
from simulator.control.ai.session import opened
from simulator.core import mlp
from simulator.core.mlp import Net


def weights(path: Path, layout: Layout) -> Net:
    """The network in a policy file, its inputs in the order of the AI layer (newest cycle first).

    Parameters
    ----------
    path : Path
        The ONNX file.
    layout : Layout
        How the policy wants its features.

    Raises
    ------
    Unreadable
        When the file is no chain of layers.
    InputError
        When it is refused.
    """
    model = opened(path)[1]
    chain = Chain(model, path.parent, layout.width)
    try:
        for node in model.graph.nodes if model.graph else ():
            chain.follow(node)
    except (ValueError, KeyError, IndexError, OSError, TypeError) as error:
        raise Unreadable(f"constants that cannot be read: {error}") from None
    if chain.at != chain.end:
        raise Unreadable("the answer is not the end of the chain of layers")
    chain.end_layer(mlp.LINEAR, (0.0, 0.0))
    return _net(chain, layout)


def unreadable(path: Path, layout: Layout) -> str:
    """Why the weights of a policy cannot be read; empty when they can."""
    try:
        weights(path, layout)
    except Unreadable as error:
        return str(error)
    return ""


def _net(chain: Chain, layout: Layout) -> Net:
    first = np.empty_like(chain.layers[0][0])
    first[layout.columns()] = chain.layers[0][0]
    matrices = [first, *(layer[0] for layer in chain.layers[1:])]
    return Net(
        np.array([layout.width, *(matrix.shape[1] for matrix in matrices)], np.int64),
        np.concatenate([matrix.ravel() for matrix in matrices]),
        np.concatenate([layer[1] for layer in chain.layers]),
        np.array([layer[2] for layer in chain.layers], np.int64),
        np.array([layer[3] for layer in chain.layers], float),
    )
