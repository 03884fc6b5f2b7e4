"""The folder that the product ships: tokenizer, licence, manifest and provenance beside the graph."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path

from check import Report
from source import PACKAGE, PACKAGE_VERSION, WEIGHTS_SHA256, Source, sha256

MODEL_ID = "all-MiniLM-L6-v2"
MAX_TOKENS = 256
"""Upstream's own limit for sentences (its sentence_bert_config.json), [CLS] and [SEP] included."""

SCRIPTS = ["Latin"]
"""Unicode scripts of the language that it was trained on; words in others it takes to pieces that say nothing."""

GRAPH = "onnx/model_quantized.onnx"
LICENCE_TEXT = Path(__file__).with_name("apache-2.0.txt")
SHIPPED = (GRAPH, "config.json", "tokenizer.json", "tokenizer_config.json", "LICENSE")


def write_json(path: Path, value: object, indent: int | None = 2) -> None:
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    path.write_text(text + "\n", "utf-8", newline="\n")


def write_tokenizer(source: Source, folder: Path) -> None:
    """Upstream's tokenizer and config, but for its limits: no fixed padding, and MAX_TOKENS instead of 128 and 512."""
    tokenizer = json.loads((source.folder / "tokenizer.json").read_text("utf-8"))
    tokenizer["truncation"]["max_length"] = MAX_TOKENS
    tokenizer["padding"] = None
    write_json(folder / "tokenizer.json", tokenizer, indent=None)
    config = json.loads((source.folder / "tokenizer_config.json").read_text("utf-8"))
    write_json(folder / "tokenizer_config.json", config | {"model_max_length": MAX_TOKENS})
    shutil.copyfile(source.folder / "config.json", folder / "config.json")
    shutil.copyfile(LICENCE_TEXT, folder / "LICENSE")


def write_checked_json(path: Path, value: dict[str, object]) -> None:
    """With a CRC-32 of the rest as JSON without blanks, in the place of an earlier one."""
    rest = {key: item for key, item in value.items() if key != "checksum"}
    compact = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    write_json(path, rest | {"checksum": zlib.crc32(compact.encode("utf-8"))})


def write_manifest(source: Source, folder: Path) -> None:
    """Size and checksum of every shipped file, for the product to verify as it loads."""
    files = [
        {"path": path, "bytes": (folder / path).stat().st_size, "sha256": sha256(folder / path)} for path in SHIPPED
    ]
    write_checked_json(
        folder / "manifest.json",
        {"id": MODEL_ID, "dimensions": source.config.hidden, "maxTokens": MAX_TOKENS, "scripts": SCRIPTS, "files": files},
    )


def write_provenance(folder: Path, report: Report, cpu: str) -> None:
    """Where it came from, what was done to it, and how near it stayed, for a person to read."""
    cosines = "\n".join(f"| {name} | {found.mean:.4f} | {found.least:.4f} |" for name, found in report.lines.items())
    checksums = "\n".join(f"| `{path}` | `{sha256(folder / path)}` |" for path in SHIPPED)
    text = f"""# Provenance

The model is **sentence-transformers/all-MiniLM-L6-v2**, licensed under Apache-2.0 (see `LICENSE`).
This folder holds a modified form of it: an int8 graph built from the published fp32 weights.

- Source: `model.safetensors`, `config.json` and the tokenizer files in the Python package `{PACKAGE}` {PACKAGE_VERSION}
- sha256 of `model.safetensors`: `{WEIGHTS_SHA256}`

## What was changed

- The graph was written anew in onnxruntime's fused operators, with the masked mean and the scaling
  to length 1 inside it: `input_ids` and `attention_mask` (int64, batch x sequence) in,
  `sentence_embedding` (float32, batch x 384) out.
- Word embeddings are int8 with a scale a row. Matrices are int8 within -64..64 with a scale a column,
  after outlier channels were moved from activations into weights.
- `tokenizer.json` no longer pads to 128 tokens and truncates at {MAX_TOKENS}, not 128;
  `model_max_length` in `tokenizer_config.json` is {MAX_TOKENS}, not 512. `config.json` is as published.

## How near it stayed

Cosine to the fp32 model on {report.texts} texts (code in many languages, docs, queries), on {cpu}:

| | mean | least |
|---|---|---|
{cosines}

## Files

| file | sha256 |
|---|---|
{checksums}

## Rebuild

With Python 3.11 or newer, from the root of the repository; the bytes come out the same:

```
pip install -r tools/build-model/requirements.txt
python tools/build-model/build_model.py
```
"""
    (folder / "PROVENANCE.md").write_text(text, "utf-8", newline="\n")
