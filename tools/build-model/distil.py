"""Builds instant.bin: token vectors distilled from the model in models/all-MiniLM-L6-v2, after build_model.py.

    python tools/build-model/distil.py TEXTS.jsonl

TEXTS is what distil-texts.ts wrote. Enters the file in the model's manifest.json and PROVENANCE.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import instant_file
import instant_fit
import instant_texts
import output
from build_model import DEFAULT_OUTPUT
from instant_texts import Collected
from runner import Runner
from source import sha256

INSTANT = "instant.bin"
HEADING = "## Instant vectors"
PAIRS = 2000
"""Held-out short texts that the calibration is fitted to, each against CHUNKS chunks."""
CHUNKS = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--model", type=Path, default=DEFAULT_OUTPUT, help="the model's folder (default: %(default)s)")
    arguments = parser.parse_args()
    folder = arguments.model
    runner = Runner(str(folder / output.GRAPH))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    collected = instant_texts.read(arguments.texts, tokenizer, runner)
    held_out = collected.held_out()
    fitted, measured = collected.where(~held_out), collected.where(held_out)
    opening, closing = tokenizer.encode("").ids
    alone = instant_texts.alone(tokenizer.get_vocab_size(), runner, opening, closing)
    table = instant_fit.fit(fitted.texts, alone)
    made = instant_file.compact(table, instant_fit.predict(fitted.texts.counts, table))
    predicted = instant_fit.predict(measured.texts.counts, made.table())
    line = calibrate(measured, predicted)
    saturation, half = instant_fit.SATURATION, instant_fit.HALF_PLACE
    instant_file.write(folder / INSTANT, made, saturation, half, line)
    figures = cosines(measured, predicted)
    print(f"{len(fitted.kinds):,} texts fitted; cosines, mean and 5th percentile: {figures}; calibration {line[0]:.3f} x + {line[1]:.3f}")
    enter(folder, fitted, measured, figures)
    return 0


def cosines(measured: Collected, predicted: np.ndarray) -> dict[str, tuple[float, float]]:
    """Mean and 5th percentile of the cosine to the model's vector, for each kind of text."""
    cosine = np.einsum("th,th->t", predicted, measured.texts.vectors)
    by_kind = {kind: cosine[measured.kinds == kind] for kind in ("code", "docs", "query")}
    return {kind: (float(found.mean()), float(np.percentile(found, 5))) for kind, found in by_kind.items()}


def calibrate(measured: Collected, predicted: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the line from instant cosines to the model's, over pairs of a short text and a chunk."""
    random = np.random.default_rng(0)
    queries = np.flatnonzero(measured.kinds == "query")
    chunks = random.permutation(np.flatnonzero(measured.kinds != "query"))[:CHUNKS]
    queries = random.permutation(queries)[:PAIRS]
    instant = (predicted[queries] @ predicted[chunks].T).ravel()
    model = (measured.texts.vectors[queries] @ measured.texts.vectors[chunks].T).ravel()
    slope, intercept = np.polyfit(instant.astype(np.float64), model.astype(np.float64), 1)
    return float(slope), float(intercept)


def enter(folder: Path, fitted: Collected, measured: Collected, figures: dict[str, tuple[float, float]]) -> None:
    """The manifest names the table apart from the model's files: the store's vectors do not depend on it."""
    path = folder / INSTANT
    checksum = sha256(path)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["instant"] = {"path": INSTANT, "bytes": path.stat().st_size, "sha256": checksum}
    output.write_checked_json(folder / "manifest.json", manifest)
    provenance = folder / "PROVENANCE.md"
    before = provenance.read_text("utf-8").split(f"\n{HEADING}")[0]
    rows = "\n".join(f"| {kind} | {mean:.3f} | {low:.3f} |" for kind, (mean, low) in figures.items())
    projects, others = (", ".join(np.unique(part.projects)) for part in (fitted, measured))
    text = f"""
{HEADING}

`{INSTANT}` is derived from this model: one vector for each token of its vocabulary, so that the weighted sum
over a text points where the model's vector points. Only these vectors ship, no text.

- sha256 of `{INSTANT}`: `{checksum}`

It was fitted to {len(fitted.kinds):,} texts (chunks as the product embeds them, and headings, names and first
sentences of comments) with the model's own vectors of them. They come from these packages (their versions are in
`tools/build-model/instant-sources.md`):
{textwrap.fill(projects, 110, break_on_hyphens=False)}.

Cosine to the model's vectors on {len(measured.kinds):,} texts that were not fitted, from
{others}:

| | mean | 5th percentile |
|---|---|---|
{rows}

To make it anew, index a folder with a project in each folder, then:

```
node tools/build-model/distil-texts.ts FOLDERS TEXTS.jsonl
python tools/build-model/distil.py TEXTS.jsonl
```
"""
    provenance.write_text(before + text, "utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
