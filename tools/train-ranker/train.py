#!/usr/bin/env python3
"""Trains the ranker and writes models/ranker.json.

  train.py FEATURES [--out models/ranker.json] [--seeds 2] [--folds 5]

FEATURES holds NAME-full.jsonl and NAME-keywords.jsonl from export.ts for each name in SETS, the same queries with vectors
and without, and benchmark-instant.jsonl, which is only measured: instant vectors stand in for the model's. Boosted regression trees learn the order (LambdaMART: C. Burges, "From RankNet to LambdaRank to LambdaMART",
2010) and may only ever rate a match higher for more of it (monotone constraints), since a few thousand queries would
otherwise teach them the opposite here and there. All figures are NDCG@10 over projects that the model has not seen: folds
are made of whole projects, for each seed anew. The model that is written is trained on all of them.
"""
import argparse
import json
import math
from pathlib import Path

import lightgbm as lgb
import numpy as np

# What is learned from, and what a query of it counts: the benchmark's own queries name files more than people do, so
# sentences from comments and headings (collect.ts) and questions in other words than the code's (questions.jsonl) stand
# against them.
SETS = {"benchmark": 1.0, "packages": 0.3, "questions": 1.0}
# Features of which more can only be better, and only worse.
RISING = {
    "cosine", "cosineBelowBest", "cosineRank", "fileCosineBelowBest", "cosineVotes", "bm25", "bm25Rank", "bm25Votes",
    "coverage", "fileBm25", "secondBm25", "compounds", "defines", "definesStems", "definesStemsOfBest",
    "fileDefinesStems", "symbolStems", "symbolCovered", "breadcrumbStems", "fileNameStems", "fileNameCovered",
    "fileNameIsQuery", "folderStems", "lastFolderCovered",
}
FALLING = {"test"}
# Set by hand, and hidden from the trees: the projects learned from have next to no such files.
BY_HAND = {"vendor": -0.5, "example": -0.5}
# As `furtherChunk` in src/core/rank/rank.ts.
FURTHER_CHUNK = 0.2
TREES = 300
PARAMETERS = {
    "objective": "lambdarank", "lambdarank_truncation_level": 15, "learning_rate": 0.05, "num_leaves": 12,
    "min_data_in_leaf": 60, "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "seed": 1, "verbose": -1,
}


def load(file: Path, weight: float) -> tuple[list[str], list[dict]]:
    with open(file, encoding="utf-8") as lines:
        names = json.loads(next(lines))["features"]
        queries = [json.loads(line) for line in lines]
    for query in queries:
        query["X"] = np.array([row["values"] for row in query["rows"]], dtype=np.float32).reshape(-1, len(names))
        query["hand"] = query["X"] @ np.array([BY_HAND.get(name, 0) for name in names])
        query["X"][:, [name in BY_HAND for name in names]] = 0
        query["y"] = np.array([bool(row["covers"]) for row in query["rows"]], dtype=np.int8)
        query["weight"] = weight
    return names, [query for query in queries if query["rows"]]


def ndcg10(query: dict, chances: np.ndarray) -> float:
    """In the order of src/core/rank/rank.ts, as the benchmark counts it: a target counts once, at its first result."""
    factors: dict[str, float] = {}
    scores = np.zeros(len(chances))
    for i in np.argsort(-chances, kind="stable"):
        path = query["rows"][i]["path"]
        factor = factors.get(path, 1.0)
        scores[i] = factor * chances[i]
        factors[path] = factor * FURTHER_CHUNK
    top = np.argsort(-scores, kind="stable")[:10]
    hits = {next((k for k, i in enumerate(top) if t in query["rows"][i]["covers"]), None) for t in range(query["targets"])}
    gain = sum(1 / math.log2(k + 2) for k in hits if k is not None)
    return gain / sum(1 / math.log2(k + 2) for k in range(min(10, query["targets"])))


def fit_trees(queries: list[dict], names: list[str]) -> lgb.Booster:
    constraints = [1 if name in RISING else -1 if name in FALLING else 0 for name in names]
    data = lgb.Dataset(
        np.vstack([query["X"] for query in queries]), np.concatenate([query["y"] for query in queries]),
        group=[len(query["y"]) for query in queries], feature_name=names,
        weight=np.concatenate([np.full(len(query["y"]), query["weight"]) for query in queries]),
    )
    return lgb.train({**PARAMETERS, "monotone_constraints": constraints}, data, TREES)


def folds(projects: list[str], count: int, seed: int) -> list[set[str]]:
    shuffled = list(np.random.default_rng(seed).permutation(projects))
    return [set(shuffled[i::count]) for i in range(count)]


def report(title: str, outcomes: dict[str, list[float]], queries: list[dict]) -> float:
    scores = [np.mean(outcomes[query["id"]]) for query in queries]
    kinds = sorted({query["category"] for query in queries})
    by_kind = {kind: np.mean([x for x, query in zip(scores, queries) if query["category"] == kind]) for kind in kinds}
    print(f"{title:32} {np.mean(scores):.4f}  " + "  ".join(f"{kind} {x:.3f}" for kind, x in by_kind.items()), flush=True)
    return round(float(np.mean(scores)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", type=Path)
    parser.add_argument("--out", type=Path, default=Path("models/ranker.json"))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    validated = {"metric": "NDCG@10", "folds": arguments.folds, "seeds": arguments.seeds}
    models = {}
    cross_validated = {}
    for tier in ("full", "keywords"):
        sets = {}
        for name, weight in SETS.items():
            names, sets[name] = load(arguments.features / f"{name}-{tier}.jsonl", weight)
        queries = [query for of in sets.values() for query in of]
        projects = sorted({query["project"] for query in queries})
        instant = load(arguments.features / "benchmark-instant.jsonl", 0)[1] if tier == "full" else []
        ranked: list[tuple[dict, np.ndarray]] = []
        ranked_instant: list[tuple[dict, np.ndarray]] = []
        for seed in range(arguments.seeds):
            for held in folds(projects, arguments.folds, seed):
                trees = fit_trees([query for query in queries if query["project"] not in held], names)
                for query in (query for query in queries if query["project"] in held):
                    ranked.append((query, trees.predict(query["X"]) + query["hand"]))
                for query in (query for query in instant if query["project"] in held):
                    ranked_instant.append((query, trees.predict(query["X"]) + query["hand"]))
        slope, shift = calibrate(np.concatenate([s for _, s in ranked]), np.concatenate([q["y"] for q, _ in ranked]))
        outcomes = outcomes_of(ranked, slope, shift)
        by_instant = outcomes_of(ranked_instant, slope, shift)
        validated[tier] = {name: report(f"{tier}, {name}", outcomes, of) for name, of in sets.items()}
        cross_validated[tier] = by_project(outcomes, sets["benchmark"])
        if instant:
            validated["instant"] = {"benchmark": report("instant, benchmark", by_instant, instant)}
            cross_validated["instant"] = by_project(by_instant, instant)
        model = fit_trees(queries, names)
        models[tier] = (model, slope, shift)
        print("  most used:", ", ".join(names[i] for i in np.argsort(-model.feature_importance("gain"))[:12]), flush=True)
    validated["queries"] = {name: len(of) for name, of in sets.items()}
    validated["benchmark"] = cross_validated
    write(arguments.out, {"features": names, "byHand": BY_HAND, "validated": validated}, models)


def outcomes_of(ranked: list[tuple[dict, np.ndarray]], slope: float, shift: float) -> dict[str, list[float]]:
    outcomes: dict[str, list[float]] = {}
    for query, sums in ranked:
        chances = 1 / (1 + np.exp(-(slope * sums + shift)))
        outcomes.setdefault(query["id"], []).append(ndcg10(query, chances))
    return outcomes


def by_project(outcomes: dict[str, list[float]], queries: list[dict]) -> dict[str, float]:
    scores: dict[str, list[float]] = {}
    for query in queries:
        scores.setdefault(query["project"], []).append(float(np.mean(outcomes[query["id"]])))
    return {project: round(float(np.mean(own)), 4) for project, own in sorted(scores.items())}


def calibrate(sums: np.ndarray, relevant: np.ndarray) -> tuple[float, float]:
    """Slope and shift of the logistic curve that turns a sum into the chance of being relevant (Platt, 1999)."""
    slope, shift = 1.0, 0.0
    for _ in range(100):  # Newton's method
        chance = 1 / (1 + np.exp(-(slope * sums + shift)))
        weight = chance * (1 - chance)
        error = chance - relevant
        hessian = np.array([[(weight * sums**2).sum(), (weight * sums).sum()], [(weight * sums).sum(), weight.sum()]])
        step = np.linalg.solve(hessian + 1e-6 * np.eye(2), np.array([(error * sums).sum(), error.sum()]))
        slope, shift = slope - step[0], shift - step[1]
    return float(slope), float(shift)


def write(out: Path, head: dict, models: dict[str, tuple[lgb.Booster, float, float]]) -> None:
    """One line a tree: [feature, threshold, index of the node above it], the next node being for the rest; a leaf: [value]."""
    def nodes(node: dict, at: int = 0) -> list[list[float]]:
        if "leaf_value" in node:
            return [[round(node["leaf_value"], 5)]]
        rest = nodes(node["left_child"], at + 1)
        above = at + 1 + len(rest)
        threshold = float(f"{node['threshold']:.6g}")
        return [[node["split_feature"], threshold, above], *rest, *nodes(node["right_child"], above)]

    parts = [json.dumps(head, indent=1)[:-2]]
    for title, (model, slope, shift) in models.items():
        trees = ",\n  ".join(json.dumps(nodes(tree["tree_structure"]), separators=(",", ":")) for tree in model.dump_model()["tree_info"])
        parts.append(f' "{title}": {{"slope": {slope:.5f}, "shift": {shift:.5f}, "trees": [\n  {trees}\n ]}}')
    out.write_text(",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
