"""The fp32 model in plain numpy: what the int8 graph is measured against.

Written from the BERT paper's formulas and the tensor names alone. It shares no code with the
graph, so that a mistake in one cannot hide in the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from source import Source

Observer = Callable[[str, np.ndarray], None]

SQRT_HALF = np.float32(np.sqrt(0.5))


def erf(x: np.ndarray) -> np.ndarray:
    """Error function, Abramowitz and Stegun 7.1.26: absolute error below 1.5e-7, as fine as fp32."""
    size = np.abs(x)
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-size * size))


def gelu(x: np.ndarray) -> np.ndarray:
    return x * np.float32(0.5) * (1 + erf(x * SQRT_HALF))


def softmax(x: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


class Reference:
    """Embeds one text at a time, unpadded, so that it needs no attention mask.

    `observe`, if given, sees the input of every dense layer: its upstream name and (tokens, channels).
    """

    def __init__(self, source: Source, observe: Observer | None = None) -> None:
        self.config = source.config
        self.tensors = source.tensors
        self.observe = observe

    def embed(self, ids: list[int]) -> np.ndarray:
        """Token ids (with [CLS] and [SEP]) to a unit vector: float32, `hidden` long."""
        table = self.tensors
        x = (
            table["embeddings.word_embeddings.weight"][ids]
            + table["embeddings.position_embeddings.weight"][: len(ids)]
            + table["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._layer_norm("embeddings.LayerNorm", x)
        for index in range(self.config.layers):
            x = self._layer(f"encoder.layer.{index}", x)
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, name: str, x: np.ndarray) -> np.ndarray:
        attended = self._dense(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", x))
        x = self._layer_norm(f"{name}.attention.output.LayerNorm", x + attended)
        inner = gelu(self._dense(f"{name}.intermediate.dense", x))
        return self._layer_norm(f"{name}.output.LayerNorm", x + self._dense(f"{name}.output.dense", inner))

    def _attention(self, name: str, x: np.ndarray) -> np.ndarray:
        """Multi-head self-attention: (tokens, hidden) to (tokens, hidden)."""
        tokens, heads = len(x), self.config.heads

        def split(part: str) -> np.ndarray:
            return self._dense(f"{name}.{part}", x).reshape(tokens, heads, -1).transpose(1, 0, 2)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
        return (softmax(scores) @ value).transpose(1, 0, 2).reshape(tokens, -1)

    def _dense(self, name: str, x: np.ndarray) -> np.ndarray:
        if self.observe:
            self.observe(name, x)
        return x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def _layer_norm(self, name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(self.config.layer_norm_epsilon))
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]
