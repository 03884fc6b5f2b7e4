"""The fused graph: a BERT encoder, pooling included, in onnxruntime's own fused operators.

An exporter writes each layer as some forty small nodes and leaves it to the runtime to find the
pattern again. Here each layer is six nodes, so the fusion does not depend on any optimiser:

    Attention -> MatMul -> SkipLayerNormalization -> MatMul -> BiasGelu -> MatMul -> SkipLayerNormalization

Inputs   input_ids, attention_mask: int64 (batch, sequence), 1 in the mask for a real token
Output   sentence_embedding: float32 (batch, hidden), of length 1
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from source import Source

OPSET = 18
IR_VERSION = 8
FUSED = "com.microsoft"
INT8_MAX = 127


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


def build(source: Source) -> onnx.ModelProto:
    """The model with an int8 embedding table and fp32 matrices, ready for quantisation."""
    builder = Builder()
    mask = builder.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    x = embeddings(builder, source)
    for index in range(source.config.layers):
        x = layer(builder, source, index, x, mask)
    pool(builder, x, mask)

    def tokens(name: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])

    output = helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", source.config.hidden])
    graph = helper.make_graph(
        builder.nodes, "all-MiniLM-L6-v2", [tokens("input_ids"), tokens("attention_mask")], [output], builder.weights
    )
    return helper.make_model(
        graph,
        producer_name="build-model",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)],
    )


def quantise_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 with a scale a row: (rows, n) to int8 (rows, n) and float32 (rows, 1).

    A word's row is used on its own, so it needs no range in common with its neighbours.
    """
    scale = (np.abs(table).max(axis=1, keepdims=True) / INT8_MAX).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(table / scale).astype(np.int8), scale


def embeddings(builder: Builder, source: Source) -> str:
    """Word row by Gather, dequantised; the position and the only token type added; layer norm."""
    table, scale = quantise_rows(source.tensors["embeddings.word_embeddings.weight"])
    rows = builder.node("Gather", [builder.weight("words", table), "input_ids"], "word_rows")
    scales = builder.node("Gather", [builder.weight("words_scale", scale), "input_ids"], "word_scales")
    rows = builder.node("Cast", [rows], "word_rows_float", to=TensorProto.FLOAT)
    words = builder.node("Mul", [rows, scales], "word_embeddings")

    # A text is one segment, so the first token type's vector is the same everywhere and folds in.
    table = source.tensors["embeddings.position_embeddings.weight"]
    table = table + source.tensors["embeddings.token_type_embeddings.weight"][0]
    length = builder.node("Shape", ["input_ids"], "sequence_length", start=1, end=2)
    zero = builder.weight("zero", np.array([0], np.int64))
    positions = builder.node("Slice", [builder.weight("positions", table), zero, length, zero], "position_embeddings")

    summed = builder.node("Add", [words, positions], "embeddings")
    gamma = builder.weight("embeddings_gamma", source.tensors["embeddings.LayerNorm.weight"])
    beta = builder.weight("embeddings_beta", source.tensors["embeddings.LayerNorm.bias"])
    return builder.node(
        "LayerNormalization", [summed, gamma, beta], "embeddings_norm", axis=-1, epsilon=source.config.layer_norm_epsilon
    )


def layer(builder: Builder, source: Source, index: int, x: str, mask: str) -> str:
    """One encoder layer: (batch, sequence, hidden) to the same."""
    config = source.config
    upstream, name = f"encoder.layer.{index}", f"layer{index}"

    def tensor(part: str) -> np.ndarray:
        return source.tensors[f"{upstream}.{part}"]

    def add_norm(result: str, residual: str, part: str, output: str) -> str:
        """Layer norm of (result + bias + residual), as one operator."""
        gamma = builder.weight(f"{output}_gamma", tensor(f"{part}.LayerNorm.weight"))
        beta = builder.weight(f"{output}_beta", tensor(f"{part}.LayerNorm.bias"))
        bias = builder.weight(f"{output}_bias", tensor(f"{part}.dense.bias"))
        return builder.node(
            "SkipLayerNormalization", [result, residual, gamma, beta, bias], output,
            domain=FUSED, epsilon=config.layer_norm_epsilon,
        )

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    qkv = builder.weight(f"{name}_qkv", np.concatenate([tensor(f"{part}.weight").T for part in parts], axis=1))
    qkv_bias = builder.weight(f"{name}_qkv_bias", np.concatenate([tensor(f"{part}.bias") for part in parts]))
    attended = builder.node(
        "Attention", [x, qkv, qkv_bias, mask], f"{name}_attention", domain=FUSED, num_heads=config.heads
    )
    weight = builder.weight(f"{name}_attention_out", tensor("attention.output.dense.weight").T)
    attended = builder.node("MatMul", [attended, weight], f"{name}_attention_dense")
    x = add_norm(attended, x, "attention.output", f"{name}_attention_norm")

    weight = builder.weight(f"{name}_inner", tensor("intermediate.dense.weight").T)
    bias = builder.weight(f"{name}_inner_bias", tensor("intermediate.dense.bias"))
    inner = builder.node("MatMul", [x, weight], f"{name}_inner_dense")
    inner = builder.node("BiasGelu", [inner, bias], f"{name}_gelu", domain=FUSED)
    weight = builder.weight(f"{name}_outer", tensor("output.dense.weight").T)
    outer = builder.node("MatMul", [inner, weight], f"{name}_outer_dense")
    return add_norm(outer, x, "output", f"{name}_norm")


def pool(builder: Builder, x: str, mask: str) -> str:
    """Masked mean over the tokens, then length 1: (batch, sequence, hidden) to (batch, hidden)."""
    one = builder.weight("token_axis", np.array([1], np.int64))
    two = builder.weight("hidden_axis", np.array([2], np.int64))
    weights = builder.node("Cast", [mask], "mask_float", to=TensorProto.FLOAT)
    weights = builder.node("Unsqueeze", [weights, two], "token_weights")
    real = builder.node("Mul", [x, weights], "real_tokens")
    total = builder.node("ReduceSum", [real, one], "token_sum", keepdims=0)
    # The mean is the sum over the count of tokens, and that count cancels in the division by the length.
    return builder.node("LpNormalization", [total], "sentence_embedding", axis=1, p=2)
