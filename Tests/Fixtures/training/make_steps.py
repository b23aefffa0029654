#!/usr/bin/env python3
"""Writes steps.json and the data files in steps/: the first 20 steps of small runs with sentence-transformers' losses and torch's AdamW.

    python3 -m venv .venv && .venv/bin/pip install torch transformers sentence-transformers==6.2.0
    .venv/bin/python make_steps.py

The models are those of ../encoders/models. Every run takes the rows of its file in their order, 4 at a time, twice through the file: AdamW with a
rate of 1e-3 (two steps of warm-up, then linear to 0), gradients clipped to a norm of 1, no dropout. Recorded are the loss and the norm of the gradients
before clipping of each step, computed in float64, and under `float32` how far, relatively, the same run in float32 strays at most. Weights decay as transformers'
trainer has it: not biases, not layer norms. Names of losses and parameters are those of Needletail's configurations.
"""
import json
import os
import pathlib
import random
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import torch
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.cross_encoder import losses as cross
from sentence_transformers.sentence_transformer import losses as dense
from sentence_transformers.sentence_transformer.losses.triplet import TripletDistanceMetric
from sentence_transformers.sparse_encoder import losses as sparse
from sentence_transformers.sparse_encoder.callbacks.splade_callbacks import SpladeRegularizerWeightSchedulerCallback
from sentence_transformers.sparse_encoder.modules import MLMTransformer, Router, SparseStaticEmbedding, SpladePooling
from transformers import get_linear_schedule_with_warmup
from transformers.trainer_pt_utils import get_parameter_names

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent
MODELS = HERE.parent / "encoders" / "models"
ROWS, BATCH, STEPS, RATE, WARMUP = 40, 4, 20, 1e-3, 2

WORDS = """fast text editor for programmers plays music from the command line keeps songs library to read and write compressed archives quick
brown fox jumps over lazy dog network monitor shows process uses bandwidth python bindings graphics small web server with virtual hosts tools
repair broken file systems plotting program draws curves games children teach reading mail client terminal threads filters encryption""".split()


# ---------------------------------------------------------------------------------------------------------------------
# Data


def write_data():
    rng = random.Random(20)
    text = lambda low, high: " ".join(rng.choices(WORDS, k=rng.randint(low, high)))
    query, document = lambda: text(1, 4), lambda: text(2, 9)
    number = lambda low, high: round(rng.uniform(low, high), 3)

    def lists():
        count = rng.randint(1, 5)
        return {"query": query(), "docs": [document() for _ in range(count)], "scores": [rng.choice([0, 0, 1, 2, 3]) for _ in range(count)]}

    files = {
        "pairs": lambda: {"query": query(), "positive": document()},
        "triplets": lambda: {"query": query(), "positive": document(), "negative": document()},
        "scored": lambda: {"query": query(), "positive": document(), "negative_1": document(), "negative_2": document(),
                           "label": [number(2, 9), number(-5, 5), number(-5, 5)]},
        "labelled": lambda: {"sentence1": document(), "sentence2": document(), "score": rng.choice([0, 0, 1, 1, 0.5])},
        "classes": lambda: {"sentence1": query(), "sentence2": document(), "label": rng.randrange(3)},
        "lists": lists,
    }
    os.makedirs(HERE / "steps", exist_ok=True)
    for name, row in files.items():
        with open(HERE / "steps" / f"{name}.jsonl", "w") as file:
            for _ in range(ROWS):
                file.write(json.dumps(row()) + "\n")


def read(name):
    return [json.loads(line) for line in open(HERE / "steps" / f"{name}.jsonl")]


LABELS = ("label", "score", "scores")


def columns(rows):
    names = [name for name in rows[0] if name not in LABELS]
    labels = [row[name] for row in rows for name in LABELS if name in row]
    return [[row[name] for row in rows] for name in names], labels or None


# ---------------------------------------------------------------------------------------------------------------------
# Runs


def train(model, loss, rows, decay, prepare, idf_rate=None):
    """The steps of one run: loss and norm of the gradients of each."""
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    skipped = set(get_parameter_names(model, [torch.nn.LayerNorm], [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]))
    parameters = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    table = {name for name, _ in parameters if "sub_modules.query." in name}
    groups = [{"params": [p for name, p in parameters if name in skipped and name not in table], "weight_decay": decay},
              {"params": [p for name, p in parameters if name not in skipped], "weight_decay": 0.0}]
    if table:  # a rate of its own, as learning_rate_mapping gives it
        groups.append({"params": [p for name, p in parameters if name in table], "weight_decay": decay, "lr": idf_rate})
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.999), eps=1e-8)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    callback, state = None, type("State", (), {"max_steps": STEPS, "global_step": 0})()
    if isinstance(loss, sparse.SpladeLoss):
        callback = SpladeRegularizerWeightSchedulerCallback(loss)
        callback.on_train_begin(None, state, None)
    record = {"losses": [], "norms": []}
    for step in range(STEPS):
        state.global_step = step
        if callback:
            callback.on_step_begin(None, state, None)
        start = step * BATCH % len(rows)
        value = prepare(loss, *columns(rows[start : start + BATCH]))
        if isinstance(value, dict):
            value = sum(value.values())
        value.backward()
        record["losses"].append(value.item())
        record["norms"].append(torch.nn.utils.clip_grad_norm_([p for _, p in parameters], 1.0).item())
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return record


def embeddings(model, tasks=(None,)):
    def prepare(loss, texts, labels):
        features = [model.preprocess(column, **({"task": tasks[min(index, len(tasks) - 1)]} if tasks[0] else {})) for index, column in enumerate(texts)]
        return loss(features, None if labels is None else torch.tensor(labels, dtype=dtype))
    return prepare


def judged(kind):
    def prepare(loss, texts, labels):
        if kind == "lists":
            return loss(texts, [torch.tensor(row, dtype=dtype) for row in labels])
        return loss(texts, None if labels is None else torch.tensor(labels, dtype=torch.long if kind == "classes" else dtype))
    return prepare


ARGUMENTS = lambda: {"model_kwargs": {"dtype": dtype, "attn_implementation": "eager"}, "device": "cpu"}
runs = []


def run(task, model, loss, data, make, settings=None, decay=0.0, guide=None, idf_rate=None):
    rows = read(data)
    folder = str(MODELS / model)
    if task == "dense":
        student = SentenceTransformer(folder, **ARGUMENTS())
    elif task == "cross-encoder":
        student = CrossEncoder(folder, **ARGUMENTS())
    elif task == "sparse":
        student = SparseEncoder(folder, **ARGUMENTS())
    else:  # inference-free
        transformer = MLMTransformer(folder, model_kwargs=ARGUMENTS()["model_kwargs"])
        static = SparseStaticEmbedding.from_json(folder + "/idf.json", tokenizer=transformer.tokenizer, frozen=idf_rate is None)
        student = SparseEncoder(modules=[Router.for_query_document(
            query_modules=[static], document_modules=[transformer, SpladePooling("max")])], device="cpu")
    student = student.to(dtype)
    prepare = judged(data) if task == "cross-encoder" else embeddings(student, ("query", "document") if task == "inference-free" else (None,))
    guides = [SentenceTransformer(str(MODELS / guide), **ARGUMENTS()).to(dtype)] if guide else []
    record = train(student, make(student, *guides), rows, decay, prepare, idf_rate)
    runs.append({"task": task, "model": model, **({"guide": guide} if guide else {}), **({"idf_learning_rate": idf_rate} if idf_rate else {}), "loss": loss, "settings": settings or {}, "data": data,
                 "weight_decay": decay, **record})
    print(task, loss, data, [f"{value:.4g}" for value in record["losses"][:: STEPS // 4]], file=sys.stderr)


def all_runs():
    runs.clear()
    run("dense", "bert-dense", "mnrl", "pairs", lambda model: dense.MultipleNegativesRankingLoss(model))
    run("dense", "bert-dense", "mnrl", "triplets", lambda model: dense.MultipleNegativesRankingLoss(model), decay=0.1)
    run("dense", "bert-dense", "mnrl", "pairs", lambda model: dense.MultipleNegativesRankingLoss(
        model, scale=10.0, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"),
        {"scale": 10, "directions": ["query_to_doc", "doc_to_query"], "partition": "per_direction"})
    run("dense", "bert-dense", "cached-mnrl", "triplets", lambda model: dense.CachedMultipleNegativesRankingLoss(model, mini_batch_size=3), {"chunk": 3})
    run("dense", "bert-dense", "margin-mse", "scored", lambda model: dense.MarginMSELoss(model))
    run("dense", "bert-dense", "kl", "scored", lambda model: dense.DistillKLDivLoss(model, student_temperature=0.05), {"student_temperature": 0.05})
    run("dense", "bert-dense", "triplet", "triplets", lambda model: dense.TripletLoss(
        model, distance_metric=TripletDistanceMetric.COSINE, triplet_margin=0.3), {"distance": "cosine", "margin": 0.3})
    run("dense", "bert-dense", "cosent", "labelled", lambda model: dense.CoSENTLoss(model))
    run("dense", "bert-dense", "angle", "labelled", lambda model: dense.AnglELoss(model))
    run("dense", "bert-dense", "contrastive", "labelled", lambda model: dense.ContrastiveLoss(model))
    run("dense", "bert-dense", "matryoshka", "triplets", lambda model: dense.MatryoshkaLoss(
        model, dense.MultipleNegativesRankingLoss(model), [64, 32, 8], [1, 1, 0.5]), {"dims": [64, 32, 8], "weights": [1, 1, 0.5]})

    run("dense", "bert-dense", "gist", "triplets", lambda model, guide: dense.GISTEmbedLoss(model, guide), guide="bert-plain")
    run("dense", "bert-dense", "gist", "pairs", lambda model, guide: dense.GISTEmbedLoss(
        model, guide, temperature=0.05, margin_strategy="relative", margin=0.002, contrast_positives=False),
        {"temperature": 0.05, "margin_strategy": "relative", "margin": 0.002, "contrast_positives": False}, guide="bert-plain")

    def splade(base, **arguments):
        return lambda model: sparse.SpladeLoss(model, base(model), **arguments)

    weights = dict(document_regularizer_weight=0.03, query_regularizer_weight=0.05)
    settings = {"document_weight": 0.03, "query_weight": 0.05}
    run("sparse", "bert-splade", "splade", "triplets", splade(sparse.SparseMultipleNegativesRankingLoss, **weights), settings, decay=0.01)
    run("sparse", "bert-splade", "splade", "scored", splade(sparse.SparseMarginMSELoss, **weights), {**settings, "loss": "margin-mse"})
    run("sparse", "bert-splade", "splade", "scored", splade(sparse.SparseDistillKLDivLoss, **weights, document_regularizer_threshold=60),
        {**settings, "loss": "kl", "document_threshold": 60})
    run("inference-free", "distilbert-idf", "splade", "triplets", splade(
        sparse.SparseMultipleNegativesRankingLoss, document_regularizer_weight=0.02), {"document_weight": 0.02, "query_weight": 0})
    run("inference-free", "distilbert-idf", "splade", "triplets", splade(
        sparse.SparseMultipleNegativesRankingLoss, document_regularizer_weight=0.02, query_regularizer_weight=0.01),
        {"document_weight": 0.02, "query_weight": 0.01}, decay=0.01, idf_rate=1e-2)

    run("cross-encoder", "bert-cross", "bce", "labelled", lambda model: cross.BinaryCrossEntropyLoss(model), decay=0.01)
    run("cross-encoder", "bert-cross", "bce", "labelled", lambda model: cross.BinaryCrossEntropyLoss(model, pos_weight=torch.tensor(3.0, dtype=dtype)), {"pos_weight": 3})
    run("cross-encoder", "bert-cross", "mse", "labelled", lambda model: cross.MSELoss(model))
    run("cross-encoder", "bert-cross", "margin-mse", "scored", lambda model: cross.MarginMSELoss(model))
    run("cross-encoder", "bert-cross", "ce-mnrl", "triplets", lambda model: cross.MultipleNegativesRankingLoss(model, num_negatives=None), {"negatives": 0})
    run("cross-encoder", "bert-cross", "listnet", "lists", lambda model: cross.ListNetLoss(model))
    run("cross-encoder", "bert-cross", "lambda", "lists", lambda model: cross.LambdaLoss(model))
    run("cross-encoder", "bert-cross", "ranknet", "lists", lambda model: cross.RankNetLoss(model))
    run("cross-encoder", "bert-cross-labels", "cross-entropy", "classes", lambda model: cross.CrossEntropyLoss(model))


def far(exact, near):
    """The greatest relative difference of two runs' numbers."""
    return max(abs(x - y) / abs(x) for x, y in zip(exact, near) if x)


if __name__ == "__main__":
    write_data()
    dtype = torch.float64
    torch.set_default_dtype(dtype)
    torch.Tensor.float = torch.Tensor.double  # a few losses cast
    all_runs()
    exact, dtype = list(runs), torch.float32
    torch.set_default_dtype(dtype)
    del torch.Tensor.float
    all_runs()
    for a, b in zip(exact, runs):
        a["float32"] = {key: float(f"{far(a[key], b[key]):.2g}") for key in ("losses", "norms")}
        a.update({key: [float(f"{x:.10g}") for x in a[key]] for key in ("losses", "norms")})
    text = "[\n" + ",\n".join(json.dumps(entry) for entry in exact) + "\n]\n"
    (HERE / "steps.json").write_text(text)
    print(len(exact), "runs,", len(text), "bytes")
