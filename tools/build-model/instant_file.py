"""The table of token vectors as it ships: fewer dimensions, int8. src/core/instant-table.ts reads it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = b"NBYINST1"
RANK = 256


@dataclass(frozen=True)
class Compact:
    """`rows` int8 (vocabulary, RANK) times `scales` (vocabulary), through `projection` (RANK, hidden): the table."""

    rows: np.ndarray
    scales: np.ndarray
    projection: np.ndarray

    def table(self) -> np.ndarray:
        return (self.rows * self.scales[:, None]) @ self.projection


def compact(table: np.ndarray, vectors: np.ndarray) -> Compact:
    """Keeps the RANK directions in which `vectors` (texts, hidden), made by this table, are widest."""
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    projection = directions[:, ::-1][:, :RANK].T.astype(np.float32)
    reduced = table @ projection.T
    scales = np.abs(reduced).max(axis=1) / 127
    rows = np.rint(reduced / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return Compact(rows, scales.astype(np.float32), np.ascontiguousarray(projection))


def write(path: Path, made: Compact, saturation: float, half: float, calibration: tuple[float, float]) -> None:
    """The layout is told in src/core/instant-table.ts."""
    tokens, rank = made.rows.shape
    header = MAGIC + struct.pack("<3I4f", tokens, rank, made.projection.shape[1], saturation, half, *calibration)
    parts = (made.scales.astype("<f4"), made.projection.astype("<f4"), made.rows)
    path.write_bytes(header + b"".join(part.tobytes() for part in parts))
