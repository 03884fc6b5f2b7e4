"""Float graph to int8 graph, in numbers that come out the same on every CPU."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

SAFE_LIMIT = 64
"""The largest weight two of which, each times a uint8 activation, still fit int16: 2 * 255 * 64 < 32768.

AVX2 without VNNI adds such pairs in int16 and saturates, so a full-range int8 weight gives wrong
sums there and right ones on VNNI, ARM and WASM. Seven-bit weights are right on all of them.
Measured on AVX2 without VNNI, mean and least cosine to fp32 over the check's texts, in padded batches:

    7 bits, smoothed  .9964  .9834      8 bits, smoothed  .9781  .9393
    7 bits, plain     .9914  .9753      8 bits, plain     .9916  .9736
"""

EMBEDDING_TABLE = "words"


def quantise(model: onnx.ModelProto, path: Path, reduce_range: bool = True) -> None:
    """Write `model` to `path` with int8 weights, a scale a column, and activations quantised as it runs.

    `reduce_range` keeps weights within SAFE_LIMIT; without it the model is only good for comparison.
    """
    logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends a preparation meant for exported graphs
    quantize_dynamic(
        model,
        path,
        op_types_to_quantize=["MatMul", "Attention"],
        per_channel=True,
        reduce_range=reduce_range,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def unsafe_weights(path: Path) -> list[str]:
    """Names of int8 matrices with an entry beyond SAFE_LIMIT; the embedding table is never multiplied in int8."""
    return [
        weight.name
        for weight in onnx.load(path).graph.initializer
        if weight.data_type == TensorProto.INT8
        and weight.name != EMBEDDING_TABLE
        and np.abs(numpy_helper.to_array(weight).astype(np.int16)).max(initial=0) > SAFE_LIMIT
    ]
