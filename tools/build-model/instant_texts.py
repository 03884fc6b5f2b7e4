"""What distil-texts.ts collected: token counts and the model's vectors."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from tokenizers import Tokenizer

from instant_fit import Texts, place_weights, unit
from output import MAX_TOKENS
from runner import BATCH, Runner

ENCLOSING = 2
"""[CLS] and [SEP]."""
HELD_OUT = slice(4, None, 8)
"""Which of the projects, in the order of their names, are not fitted but measured."""


@dataclass(frozen=True)
class Collected:
    """`kinds` (code, docs or query) and `projects`, one a text."""

    texts: Texts
    kinds: np.ndarray
    projects: np.ndarray

    def where(self, chosen: np.ndarray) -> Collected:
        return Collected(
            Texts(self.texts.counts[chosen], self.texts.vectors[chosen]), self.kinds[chosen], self.projects[chosen]
        )

    def held_out(self) -> np.ndarray:
        return np.isin(self.projects, np.unique(self.projects)[HELD_OUT])


def read(path: Path, tokenizer: Tokenizer, runner: Runner) -> Collected:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    encodings = tokenizer.encode_batch([line["text"] for line in lines])
    ids = [encoding.ids for encoding in encodings]
    hidden = runner.batch(ids[:1]).shape[1]
    vectors = np.zeros((len(lines), hidden), np.float32)
    short = []
    for row, line in enumerate(lines):
        if "vector" in line:
            vectors[row] = np.frombuffer(base64.b64decode(line["vector"]), np.int8)
        else:
            short.append(row)
    short.sort(key=lambda row: len(ids[row]))
    vectors[short] = runner.batched([ids[row] for row in short])
    return Collected(
        Texts(counts(ids, tokenizer.get_vocab_size()), unit(vectors)),
        np.array([line["kind"] for line in lines]),
        np.array([line["project"] for line in lines]),
    )


def counts(texts: list[list[int]], vocabulary: int) -> sparse.csr_matrix:
    """(texts, vocabulary): each token's places in a text, weighted and summed; [CLS] and [SEP] left out."""
    weight = place_weights(MAX_TOKENS - ENCLOSING)
    rows = np.repeat(np.arange(len(texts)), [len(ids) - ENCLOSING for ids in texts])
    columns = np.concatenate([np.array(ids[1:-1], np.int64) for ids in texts])
    data = np.concatenate([weight[: len(ids) - ENCLOSING] for ids in texts])
    return sparse.csr_matrix((data, (rows, columns)), (len(texts), vocabulary))


def alone(vocabulary: int, runner: Runner, opening: int, closing: int) -> np.ndarray:
    """The model's vector of each token by itself, (vocabulary, hidden)."""
    tokens = [[opening, token, closing] for token in range(vocabulary)]
    many = BATCH * 32
    return np.concatenate([runner.batch(tokens[at : at + many]) for at in range(0, vocabulary, many)])
