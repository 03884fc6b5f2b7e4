"""The fused graph: a BERT encoder, pooling included, in onnxruntime's own fused operators.

An exporter writes each layer as some forty small nodes and leaves it to the runtime to find the
pattern again. Here the fusion is written down and depends on no optimiser. One layer:

    x -> Attention -> dense -> + x -> LayerNormalization -> dense -> BiasGelu -> dense -> + x -> LayerNormalization

Inputs   input_ids, attention_mask: int64 (batch, sequence), 1 in the mask for a real token
Output   sentence_embedding: float32 (batch, hidden), of length 1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from smoothing import Smoothing
from source import Source

OPSET = 18
IR_VERSION = 8
FUSED = "com.microsoft"
INT8_MAX = 127
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "sentence_embedding"


@dataclass(frozen=True)
class Smoothed:
    """An activation as the graph holds it: (value - shift) / scale, by the names of its nodes."""

    node: str
    by: Smoothing


class Builder:
    """Collects nodes and weights; every method returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, domain: str = "", **attributes: object) -> str:
        """One node whose single output carries the node's own name."""
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name


def build(source: Source, smoothing: dict[str, Smoothing]) -> onnx.ModelProto:
    """The model with an int8 embedding table and fp32 matrices, ready for quantisation.

    `smoothing` has an entry for the input of each dense layer, by that layer's upstream name.
    """
    return Encoder(source, smoothing).model()


class Encoder:
    """Writes the layers one after the other into one Builder."""

    def __init__(self, source: Source, smoothing: dict[str, Smoothing]) -> None:
        self.config = source.config
        self.tensors = source.tensors
        self.smoothing = smoothing
        self.builder = Builder()

    def model(self) -> onnx.ModelProto:
        mask = self.builder.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        x = self.embeddings()
        for index in range(self.config.layers):
            x = self.layer(index, x, mask)
        self.pool(x.node, mask)

        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in INPUTS]
        output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", self.config.hidden])
        graph = helper.make_graph(self.builder.nodes, "all-MiniLM-L6-v2", inputs, [output], self.builder.weights)
        return helper.make_model(
            graph,
            producer_name="build-model",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)],
        )

    def embeddings(self) -> Smoothed:
        """A word's row by Gather, dequantised; its position and the only token type added; layer norm."""
        builder = self.builder
        table, scale = quantise_rows(self.tensors["embeddings.word_embeddings.weight"])
        rows = builder.node("Gather", [builder.weight("words", table), "input_ids"], "word_rows")
        scales = builder.node("Gather", [builder.weight("words_scale", scale), "input_ids"], "word_scales")
        rows = builder.node("Cast", [rows], "word_rows_float", to=TensorProto.FLOAT)
        words = builder.node("Mul", [rows, scales], "word_embeddings")

        # A text is one segment, so the first token type's vector is the same everywhere and folds in.
        table = self.tensors["embeddings.position_embeddings.weight"]
        table = builder.weight("positions", table + self.tensors["embeddings.token_type_embeddings.weight"][0])
        length = builder.node("Shape", ["input_ids"], "sequence_length", start=1, end=2)
        zero = builder.weight("zero", np.array([0], np.int64))
        positions = builder.node("Slice", [table, zero, length, zero], "position_embeddings")
        summed = builder.node("Add", [words, positions], "embeddings")
        return self.layer_norm(summed, "embeddings.LayerNorm", "embeddings_norm", self.smoothing_before(0))

    def layer(self, index: int, x: Smoothed, mask: str) -> Smoothed:
        """One encoder layer: (batch, sequence, hidden) to the same."""
        upstream, name = f"encoder.layer.{index}", f"layer{index}"
        attended = self.attention(f"{upstream}.attention.self", x, mask, f"{name}_attention")
        unchanged = Smoothed(attended, nothing(self.config.hidden))
        dense, bias = self.dense(f"{upstream}.attention.output.dense", unchanged, f"{name}_attention_dense")
        summed = self.add(dense, bias, x, f"{name}_attention_sum")
        smoothing = self.smoothing[f"{upstream}.intermediate.dense"]
        x = self.layer_norm(summed, f"{upstream}.attention.output.LayerNorm", f"{name}_attention_norm", smoothing)

        dense, bias = self.dense(f"{upstream}.intermediate.dense", x, f"{name}_inner_dense")
        bias = self.builder.weight(f"{name}_inner_bias", bias)
        gelu = self.builder.node("BiasGelu", [dense, bias], f"{name}_gelu", domain=FUSED)
        inner = self.shrink(gelu, self.smoothing[f"{upstream}.output.dense"].scale)
        dense, bias = self.dense(f"{upstream}.output.dense", inner, f"{name}_outer_dense")
        summed = self.add(dense, bias, x, f"{name}_sum")
        return self.layer_norm(summed, f"{upstream}.output.LayerNorm", f"{name}_norm", self.smoothing_before(index + 1))

    def attention(self, upstream: str, x: Smoothed, mask: str, name: str) -> str:
        """Multi-head self-attention, the three projections in one matrix."""
        parts = [self.folded(f"{upstream}.{part}", x.by) for part in ("query", "key", "value")]
        weight = self.builder.weight(f"{name}_qkv", np.concatenate([weight for weight, _ in parts], axis=1))
        bias = self.builder.weight(f"{name}_qkv_bias", np.concatenate([bias for _, bias in parts]))
        return self.builder.node(
            "Attention", [x.node, weight, bias, mask], name, domain=FUSED, num_heads=self.config.heads
        )

    def dense(self, upstream: str, x: Smoothed, name: str) -> tuple[str, np.ndarray]:
        """The product as a node, and the bias still to be added to it."""
        weight, bias = self.folded(upstream, x.by)
        return self.builder.node("MatMul", [x.node, self.builder.weight(f"{name}_weight", weight)], name), bias

    def folded(self, upstream: str, by: Smoothing) -> tuple[np.ndarray, np.ndarray]:
        """Weight (in, out) and bias of a dense layer that is given the smoothed activation.

        The sum runs in double: in float32 its last bit would depend on the machine.
        """
        weight = self.tensors[f"{upstream}.weight"].T
        moved = by.shift.astype(np.float64) @ weight.astype(np.float64)
        return by.scale[:, None] * weight, (self.tensors[f"{upstream}.bias"] + moved).astype(np.float32)

    def add(self, dense: str, bias: np.ndarray, residual: Smoothed, name: str) -> str:
        """dense + bias + the residual's true value.

        Sum and not Add: the runtime would fuse Add and the norm after it into SkipLayerNormalization,
        whose kernel takes more than twice as long as the two apart. It does fuse the Add of the bias
        into the product.
        """
        bias = self.builder.weight(f"{name}_bias", bias + residual.by.shift)
        biased = self.builder.node("Add", [dense, bias], f"{name}_biased")
        scale = self.builder.weight(f"{name}_residual_scale", residual.by.scale)
        residual = self.builder.node("Mul", [residual.node, scale], f"{name}_residual")
        return self.builder.node("Sum", [biased, residual], name)

    def layer_norm(self, x: str, upstream: str, name: str, by: Smoothing) -> Smoothed:
        """Layer norm whose gain and bias do the smoothing on the way."""
        gamma = self.builder.weight(f"{name}_gamma", self.tensors[f"{upstream}.weight"] / by.scale)
        beta = self.builder.weight(f"{name}_beta", (self.tensors[f"{upstream}.bias"] - by.shift) / by.scale)
        epsilon = self.config.layer_norm_epsilon
        return Smoothed(self.builder.node("LayerNormalization", [x, gamma, beta], name, axis=-1, epsilon=epsilon), by)

    def shrink(self, x: str, scale: np.ndarray) -> Smoothed:
        """Smooth what no layer norm precedes: by its scale only, as a product of its own."""
        inverse = self.builder.weight(f"{x}_inverse_scale", 1 / scale)
        return Smoothed(self.builder.node("Mul", [x, inverse], f"{x}_smooth"), Smoothing(np.zeros_like(scale), scale))

    def smoothing_before(self, index: int) -> Smoothing:
        """What the attention of layer `index` is to be given; past the last layer, the plain value."""
        if index == self.config.layers:
            return nothing(self.config.hidden)
        return self.smoothing[f"encoder.layer.{index}.attention.self.query"]

    def pool(self, x: str, mask: str) -> str:
        """Masked mean over the tokens, then length 1: (batch, sequence, hidden) to (batch, hidden)."""
        builder = self.builder
        one = builder.weight("token_axis", np.array([1], np.int64))
        two = builder.weight("hidden_axis", np.array([2], np.int64))
        weights = builder.node("Cast", [mask], "mask_float", to=TensorProto.FLOAT)
        weights = builder.node("Unsqueeze", [weights, two], "token_weights")
        real = builder.node("Mul", [x, weights], "real_tokens")
        total = builder.node("ReduceSum", [real, one], "token_sum", keepdims=0)
        # The mean is this sum over the count of tokens, and the count cancels when the length becomes 1.
        return builder.node("LpNormalization", [total], OUTPUT, axis=1, p=2)


def nothing(channels: int) -> Smoothing:
    """The smoothing that changes nothing."""
    return Smoothing(np.zeros(channels, np.float32), np.ones(channels, np.float32))


def quantise_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 with a scale a row: (rows, n) to int8 (rows, n) and float32 (rows, 1).

    A word's row is used on its own, so it needs no range in common with its neighbours.
    """
    scale = (np.abs(table).max(axis=1, keepdims=True) / INT8_MAX).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(table / scale).astype(np.int8), scale
