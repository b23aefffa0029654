#!/usr/bin/env python3
"""Makes hard-negatives.json: what sentence-transformers' mine_hard_negatives chooses on small random data.

    python make_fixtures.py            needs sentence-transformers 6.2, datasets, numpy

Texts stand for vectors: a fake model gives each text its own. So every number that decides is in the file, and another
implementation can be compared choice by choice. Random sampling is left out: its choices are those of Python's generator.
"""
import json
import pathlib

import numpy as np
import torch
from datasets import Dataset
from sentence_transformers.util import mine_hard_negatives

random = np.random.default_rng(20261122)
QUERIES, DOCUMENTS, WIDTH = 24, 60, 6


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


queries = unit(random.normal(size=(QUERIES, WIDTH)))
documents = unit(random.normal(size=(DOCUMENTS, WIDTH)))
logits = random.normal(size=(QUERIES, DOCUMENTS)).astype(np.float32) * 3
# Positives: near ones for most queries, and some with a negative similarity; one to three a query.
pairs = []
for query in range(QUERIES):
    order = np.argsort(-(documents @ queries[query]))
    count = [1, 1, 2, 3][query % 4]
    ranks = random.choice(12 if query % 5 else DOCUMENTS, size=count, replace=False)
    pairs += [(query, int(order[rank])) for rank in ranks]
pairs.append(pairs[3])  # the same pair twice
# Pairs of a query need not stand together, but for the original's own bookkeeping of the minimum they do after its reordering.
pairs = pairs[::2] + pairs[1::2]


class Model:
    device = torch.device("cpu")
    model_card_data = type("Card", (), {"base_model": "fake"})()

    def encode_query(self, texts, **_):
        return np.stack([queries[int(text.split()[1])] for text in texts])

    def encode_document(self, texts, **_):
        return np.stack([documents[int(text.split()[1])] for text in texts])

    def similarity(self, a, b):
        return torch.as_tensor(np.asarray(a)) @ torch.as_tensor(np.asarray(b)).T

    def similarity_pairwise(self, a, b):
        return (torch.as_tensor(np.asarray(a)) * torch.as_tensor(np.asarray(b))).sum(dim=1)


class Reranker:
    def predict(self, pairs, **_):
        return torch.tensor([logits[int(q.split()[1]), int(d.split()[1])] for q, d in pairs])


def short(rows):
    """The shortest decimals that give the float32 values back."""
    return [[float(str(value)) for value in row] for row in rows]


def number(text):
    return int(text.split()[1])


data = Dataset.from_dict({"query": [f"query {q}" for q, _ in pairs], "answer": [f"document {d}" for _, d in pairs]})
corpus = [f"document {d}" for d in range(DOCUMENTS)]
settings = [
    {},
    {"num_negatives": 5},
    {"num_negatives": 1, "range_min": 3},
    {"range_min": 2, "range_max": 9, "num_negatives": 4},
    {"relative_margin": 0.05},
    {"relative_margin": 0.3, "num_negatives": 6},
    {"relative_margin": -0.2},
    {"absolute_margin": 0.1},
    {"absolute_margin": 0.0, "num_negatives": 2},
    {"absolute_margin": 0.2, "relative_margin": 0.1, "max_score": 0.6, "min_score": 0.0},
    {"max_score": 0.5, "range_min": 1, "range_max": 30},
    {"min_score": 0.4, "num_negatives": 8},
    {"max_score": 0.7, "min_score": 0.3},
    {"relative_margin": 0.05, "cross_encoder": True},
    {"absolute_margin": 1.0, "cross_encoder": True, "num_negatives": 4, "range_min": 1},
    {"max_score": 2.5, "min_score": -1.0, "cross_encoder": True, "num_negatives": 5},
    {"include_positives": True, "num_negatives": 10},
    {"include_positives": True, "num_negatives": 4, "max_score": 0.8},
]
runs = []
most = max(np.bincount(sorted(query for query, _ in set(pairs))))
for setting in settings:
    options = dict(setting)
    reranker = Reranker() if options.pop("cross_encoder", False) else None
    negatives = options.get("num_negatives", 3)
    filters = any(key in options for key in ("absolute_margin", "relative_margin", "max_score")) or (
        reranker is not None and "min_score" in options)
    # What the original derives when range_max is not given; positives counted as pairs, the repeated one twice.
    counted = max(np.bincount([query for query, _ in pairs]))
    ranks = options.get("range_max") or options.get("range_min", 0) + (negatives * 10 if filters else negatives) + counted
    run = {"options": setting, "range_max": int(ranks), "depth": int(ranks + counted), "formats": {}}
    for form in ["n-tuple"] if options.get("include_positives") else ["triplet", "n-tuple", "labeled-pair", "labeled-list"]:
        result = mine_hard_negatives(
            data, Model(), corpus=corpus, cross_encoder=reranker, output_format=form, output_scores=True, verbose=False,
            **options)
        rows = []
        for row in result:
            texts = [value for key, value in row.items() if key not in ("scores", "score")]
            rows.append({
                "query": number(texts[0]),
                "documents": [number(text) for text in (texts[1] if isinstance(texts[1], list) else texts[1:])],
                "scores": [round(score, 5) for score in (row["scores"] if "scores" in row else [row["score"]])],
            })
        run["formats"][form] = rows
    runs.append(run)
    print(setting, {form: len(rows) for form, rows in run["formats"].items()})
folder = pathlib.Path(__file__).parent
(folder / "hard-negatives.json").write_text(json.dumps({
    "queries": short(queries), "documents": short(documents), "logits": short(logits), "pairs": pairs, "runs": runs,
}, separators=(",", ":")) + "\n")
