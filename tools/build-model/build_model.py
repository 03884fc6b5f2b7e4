"""Builds models/all-MiniLM-L6-v2: fetch the fp32 weights, write the int8 graph, check it, ship it.

Nothing is written to the output folder unless the check passes. Exit 0 built, 1 refused (and why).
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from tokenizers import Tokenizer

import check
import graph
import output
import quantise
import smoothing
import source
from runner import BATCH, THREADS, Runner

DEFAULT_OUTPUT = Path(__file__).resolve().parents[2] / "models" / output.MODEL_ID
CALIBRATION_FILES = ("../__init__.py", "../cli.py", "README.md")
"""Code and prose that come with the pinned package; beside the model folder or in it."""


def main() -> int:
    arguments = parse_arguments()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            return build(Path(scratch), arguments)
    except source.SourceError as error:
        print(f"build-model: {error}", file=sys.stderr)
        return 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUTPUT, help="output folder (default: %(default)s)")
    parser.add_argument("--speed", action="store_true", help="also measure tokens a second")
    parser.add_argument("--compare", action="store_true",
                        help="only print the figures with full-range weights and without smoothing; write nothing")
    return parser.parse_args()


def build(scratch: Path, arguments: argparse.Namespace) -> int:
    model = source.load(source.fetch(scratch))
    staged = scratch / "staged"
    (staged / output.GRAPH).parent.mkdir(parents=True)
    output.write_tokenizer(model, staged)
    tokenizer = Tokenizer.from_file(str(staged / "tokenizer.json"))
    measured = smoothing.measure(model, calibration_texts(model, tokenizer))
    if arguments.compare:
        return compare(model, tokenizer, measured, scratch)

    float_graph = graph.build(model, measured)
    quantise.quantise(float_graph, staged / output.GRAPH)
    output.write_manifest(model, staged)

    report = check.check(model, tokenizer, float_graph.SerializeToString(), staged / output.GRAPH)
    report.failures.extend(f"weight beyond 7 bits: {name}" for name in quantise.unsafe_weights(staged / output.GRAPH))
    show(report)
    if arguments.speed:
        speed = Runner(str(staged / output.GRAPH)).tokens_per_second()
        print(f"{speed:,.0f} tokens/s on {THREADS} threads, batches of {BATCH}")
    if report.failures:
        return 1
    output.write_provenance(staged, report, cpu())
    shutil.copytree(staged, arguments.out, dirs_exist_ok=True)
    print(f"wrote {arguments.out} ({(staged / output.GRAPH).stat().st_size:,} bytes of graph)")
    return 0


def calibration_texts(model: source.Source, tokenizer: Tokenizer) -> list[list[int]]:
    """CALIBRATION_FILES cut into pieces of MAX_TOKENS. None of the check's texts is among them."""
    whole = "\n".join((model.folder / name).read_text("utf-8") for name in CALIBRATION_FILES)
    encoding = tokenizer.encode(whole)
    return [piece.ids for piece in (encoding, *encoding.overflowing)]


def compare(model: source.Source, tokenizer: Tokenizer, measured: dict[str, smoothing.Smoothing], scratch: Path) -> int:
    """The variants that were not chosen, beside the one that was: figures only."""
    plain = {name: graph.nothing(len(by.scale)) for name, by in measured.items()}
    for title, by in (("smoothed", measured), ("not smoothed", plain)):
        float_graph = graph.build(model, by)
        for reduce_range in (True, False):
            path = scratch / "variant.onnx"
            quantise.quantise(float_graph, path, reduce_range)
            print(f"== {title}, weights of {7 if reduce_range else 8} bits")
            show(check.check(model, tokenizer, float_graph.SerializeToString(), path))
            print(f"{Runner(str(path)).tokens_per_second():,.0f} tokens/s")
    return 0


def show(report: check.Report) -> None:
    print(f"cosine on {report.texts} texts, {cpu()}")
    for name, found in report.lines.items():
        print(f"  {name}: {found}")
    for failure in report.failures:
        print(f"FAILED {failure}", file=sys.stderr)


def cpu() -> str:
    """The instruction set as far as int8 products depend on it."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text().split() if info.exists() else []
    wanted = ("avx2", "avx_vnni", "avx512_vnni", "asimddp", "i8mm")
    return " ".join([platform.machine(), *(flag for flag in wanted if flag in flags)])


if __name__ == "__main__":
    sys.exit(main())
