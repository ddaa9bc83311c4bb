"""Instances of placement: OR-Library's p-median files, and towns drawn like the ones the literature uses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path


def read_pmed(path: Path) -> tuple[np.ndarray, int]:
    """
    Read an OR-Library p-median file: shortest distances between its nodes, and the number of medians.

    Of an edge named twice the **last** length counts, as in the published optima (the smallest gives other ones).
    """
    numbers = np.array(path.read_text(encoding="utf-8").split(), dtype=np.int64)
    nodes, edges, medians = (int(one) for one in numbers[:3])
    table = np.zeros((nodes, nodes))
    for one, other, length in numbers[3 : 3 + 3 * edges].reshape(-1, 3):
        table[one - 1, other - 1] = table[other - 1, one - 1] = length
    return np.asarray(shortest_path(csr_array(table), directed=False)), medians


def drawn_town(count: int, *, seed: int, side_m: float = 6000.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw people's places, two thirds of them around centres, the rest anywhere, each with 1 to 80 people."""
    rng = np.random.default_rng(seed)
    centres = rng.random((max(4, count // 60), 2)) * side_m
    near = centres[rng.integers(0, len(centres), 2 * count // 3)] + rng.normal(0, side_m / 20, (2 * count // 3, 2))
    places = np.concatenate([near, rng.random((count - len(near), 2)) * side_m])
    return np.clip(places, 0, side_m), rng.integers(1, 81, count).astype(float)
