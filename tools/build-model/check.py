"""Is the int8 graph still the model? Its vectors against those of the fp32 reference, text by text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from reference import Reference
from runner import Runner
from source import Source

CHECK_TEXTS = Path(__file__).with_name("check_texts.jsonl")
LEAST_TEXTS = 200
MEAN_BAR = 0.99
LEAST_BAR = 0.96
EXACT_BAR = 0.99999
"""Cosine that the float graph must keep when padded: there nothing but a wrong mask could change it."""


@dataclass(frozen=True)
class Cosines:
    """The mean and the least of one cosine a text."""

    mean: float
    least: float

    @staticmethod
    def between(a: np.ndarray, b: np.ndarray) -> Cosines:
        """Both (texts, hidden), rows of length 1."""
        cosines = np.einsum("th,th->t", a.astype(np.float64), b.astype(np.float64))
        return Cosines(float(cosines.mean()), float(cosines.min()))

    def __str__(self) -> str:
        return f"mean {self.mean:.4f}, least {self.least:.4f}"


@dataclass(frozen=True)
class Report:
    """What the check found. `failures` is empty when the model may be shipped."""

    texts: int
    lines: dict[str, Cosines]
    failures: list[str]


def read_texts() -> list[tuple[str, str]]:
    """(kind, text) pairs; kind is query, docs or code/LANGUAGE."""
    with CHECK_TEXTS.open(encoding="utf-8") as file:
        return [(line["kind"], line["text"]) for line in map(json.loads, file)]


def check(source: Source, tokenizer: Tokenizer, float_graph: bytes, int8_path: Path) -> Report:
    """Compare alone, padded and batched with fp32; `tokenizer` must truncate to the product's limit."""
    kinds, texts = zip(*read_texts())
    ids = [tokenizer.encode(text).ids for text in texts]
    reference = Reference(source)
    expected = np.stack([reference.embed(text) for text in ids])
    int8, exact = Runner(str(int8_path)), Runner(float_graph)
    alone, batched = int8.alone(ids), int8.batched(ids)

    quality = {"int8 alone": Cosines.between(alone, expected)}
    for group in ("query", "docs", "code"):
        rows = [row for row, kind in enumerate(kinds) if kind.split("/")[0] == group]
        quality[f"int8 alone, {group}"] = Cosines.between(alone[rows], expected[rows])
    quality["int8 in padded batches"] = Cosines.between(batched, expected)
    padding = Cosines.between(exact.alone(ids), exact.batched(ids))

    failures = [
        f"{name}: {found}; needed {MEAN_BAR} and {LEAST_BAR}"
        for name, found in quality.items()
        if not (found.mean >= MEAN_BAR and found.least >= LEAST_BAR)
    ]
    if not padding.least >= EXACT_BAR:
        failures.append(f"padding changes the float graph's vectors: {padding}; needed {EXACT_BAR}")
    if len(texts) < LEAST_TEXTS:
        failures.append(f"{len(texts)} texts in {CHECK_TEXTS.name}; needed {LEAST_TEXTS}")
    lines = quality | {
        "float graph alone": Cosines.between(exact.alone(ids), expected),
        "float graph, alone against padded batches": padding,
        "int8, alone against padded batches": Cosines.between(alone, batched),
    }
    return Report(len(texts), lines, failures)
