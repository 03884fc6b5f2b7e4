"""Runs an embedding graph with onnxruntime, as the product will."""

from __future__ import annotations

import time

import numpy as np
import onnxruntime

from graph import INPUTS, OUTPUT

THREADS = 2
BATCH = 8


class Runner:
    """One session; `model` is a path or a serialised graph."""

    def __init__(self, model: str | bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def batch(self, texts: list[list[int]], width: int = 0) -> np.ndarray:
        """Token id lists, padded to the longest or to `width`, to unit vectors (len(texts), hidden)."""
        width = max(width, max(len(ids) for ids in texts))
        ids = np.zeros((len(texts), width), np.int64)
        mask = np.zeros_like(ids)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        return self.session.run([OUTPUT], dict(zip(INPUTS, (ids, mask))))[0]

    def alone(self, texts: list[list[int]]) -> np.ndarray:
        """Each text in a batch of its own, without padding."""
        return np.concatenate([self.batch([ids]) for ids in texts])

    def batched(self, texts: list[list[int]]) -> np.ndarray:
        """Batches of BATCH in the order given, padded to the longest of each."""
        return np.concatenate([self.batch(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])

    def tokens_per_second(self, seconds: float = 5, rounds: int = 3) -> float:
        """Best of `rounds`, on batches of BATCH random texts of 128 to 200 tokens, those of a batch alike in length."""
        random = np.random.default_rng(0)
        batches = []
        for length in random.integers(132, 197, 12):
            lengths = length + random.integers(-4, 5, BATCH)
            batches.append([random.integers(1000, 30000, size).tolist() for size in lengths])
        count = sum(len(ids) for batch in batches for ids in batch)
        best = 0.0
        for _ in range(rounds):
            passes, begin = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - begin) < seconds / rounds:
                for batch in batches:
                    self.batch(batch)
                passes += 1
            best = max(best, passes * count / elapsed)
        return best
