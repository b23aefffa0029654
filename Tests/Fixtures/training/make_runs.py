"""Small runs of sentence-transformers' losses over tiny models: runs.json.

    pip install sentence-transformers; python make_runs.py

Dropout is off, batches are in the order of the data, AdamW and its schedule are torch's and transformers', gradients are clipped.
"""
import json
import pathlib
import random

import torch
import transformers
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.cross_encoder import losses as pair_losses
from sentence_transformers.sentence_transformer import losses
from sentence_transformers.sparse_encoder import losses as sparse_losses

here = pathlib.Path(__file__).parent
models = here.parent / "encoders/models"
generator = random.Random(5)
words = "archive reader music player text editor fast library colour network disk game image viewer compiler shell".split()
STEPS, BATCH, RATE, WARMUP = 6, 4, 1e-3, 2


def text():
    return " ".join(generator.choice(words) for _ in range(generator.randint(3, 9)))


def run(name, task, model, build, rows, settings, decay=0.0):
    torch.manual_seed(0)
    kind = {"dense": SentenceTransformer, "sparse": SparseEncoder, "cross-encoder": CrossEncoder}[task]
    student = kind(str(models / model), device="cpu")
    for module in student.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
    student.train()
    loss = build(student)
    plain = [p for n, p in student.named_parameters() if "bias" in n or "LayerNorm" in n]
    chosen = {id(p) for p in plain}
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in student.parameters() if id(p) not in chosen], "weight_decay": decay},
         {"params": plain, "weight_decay": 0.0}], lr=RATE, eps=1e-8)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    prepare = getattr(student, "preprocess", None) or student.tokenize
    result = {"name": name, "task": task, "model": model, "settings": settings, "rows": rows, "losses": [], "norms": []}
    for step in range(STEPS):
        batch = rows[BATCH * step % len(rows):][:BATCH]
        if hasattr(loss, "document_regularizer_weight"):
            share = min(1.0, step / max(1, int(STEPS / 3)))
            loss.document_regularizer_weight = 3e-2 * share ** 2
            loss.query_regularizer_weight = 5e-2 * share ** 2
        columns = [[row[key] for row in batch] for key in batch[0] if key not in ("label", "score")]
        labels = [row.get("label", row.get("score")) for row in batch]
        labels = None if labels[0] is None else torch.tensor(labels, dtype=torch.float32)
        if task == "cross-encoder":
            value = loss(columns, labels)
        else:
            value = loss([prepare(column) for column in columns], labels)
        value = sum(value.values()) if isinstance(value, dict) else value
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_([p for p in student.parameters() if p.grad is not None], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        result["losses"].append(float(value))
        result["norms"].append(float(norm))
    return result


pairs = [{"query": text(), "positive": text()} for _ in range(STEPS * BATCH)]
triplets = [{"query": text(), "positive": text(), "negative": text()} for _ in range(STEPS * BATCH)]
margins = [dict(row, label=generator.uniform(-1, 6)) for row in triplets]
labelled = [{"query": text(), "document": text(), "label": float(generator.random() < 0.5)} for _ in range(STEPS * BATCH)]

runs = [
    run("mnrl", "dense", "bert-dense", lambda m: losses.MultipleNegativesRankingLoss(m), pairs, {"loss": "mnrl"}),
    run("mnrl-negatives", "dense", "distilbert-dense", lambda m: losses.MultipleNegativesRankingLoss(m), triplets,
        {"loss": "mnrl"}),
    run("cached", "dense", "bert-dense", lambda m: losses.CachedMultipleNegativesRankingLoss(m, mini_batch_size=2), pairs,
        {"loss": "cached-mnrl", "loss_parameters": {"chunk": 2}}),
    run("margin", "dense", "bert-dense", lambda m: losses.MarginMSELoss(m), margins, {"loss": "margin-mse"}),
    run("matryoshka", "dense", "bert-dense",
        lambda m: losses.MatryoshkaLoss(m, losses.MultipleNegativesRankingLoss(m), [64, 32, 16]), pairs,
        {"loss": "matryoshka", "loss_parameters": {"dims": [64, 32, 16]}}),
    run("cosent", "dense", "bert-dense", lambda m: losses.CoSENTLoss(m), labelled, {"loss": "cosent"}, decay=0.01),
    run("splade", "sparse", "bert-splade",
        lambda m: sparse_losses.SpladeLoss(m, sparse_losses.SparseMultipleNegativesRankingLoss(m), 3e-2, 5e-2), pairs,
        {"loss": "splade", "loss_parameters": {"document_weight": 3e-2, "query_weight": 5e-2}}, decay=0.01),
    run("bce", "cross-encoder", "bert-cross", lambda m: pair_losses.BinaryCrossEntropyLoss(m), labelled, {"loss": "bce"},
        decay=0.01),
    run("pair-margin", "cross-encoder", "distilbert-cross", lambda m: pair_losses.MarginMSELoss(m), margins,
        {"loss": "margin-mse"}, decay=0.01),
]
for entry in runs:
    entry["settings"]["weight_decay"] = 0.01 if entry["name"] in ("cosent", "splade", "bce", "pair-margin") else 0.0
(here / "runs.json").write_text(json.dumps(
    {"steps": STEPS, "batch_size": BATCH, "learning_rate": RATE, "warmup_steps": WARMUP, "runs": runs}, indent=1) + "\n")
for entry in runs:
    print(entry["name"], [round(x, 4) for x in entry["losses"]], [round(x, 3) for x in entry["norms"]])
