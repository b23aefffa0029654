"""Trains with sentence-transformers' losses and PyTorch's AdamW, in the order of the file: the peer of `needletail train`.

    sentence_transformers_training.py KIND MODEL PAIRS.jsonl --steps 12 --batch 32 --max-length 128 --precision fp32 --threads 2

KIND: dense (MultipleNegativesRankingLoss), cross-encoder (BinaryCrossEntropyLoss), sparse (SpladeLoss over SparseMultipleNegativesRankingLoss).
PAIRS: {"query", "document"} a line; for cross-encoder with "label". Prints a line of JSON a step, and one at the end with the highest resident memory.

The loop is written out (forward, backward, clip, step), as sentence-transformers' trainer does it, without what a trainer does besides.
"""
import argparse
import json
import resource
import time


def main():
    options = arguments()
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(42)
    with open(options.pairs, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    model, loss_of = KINDS[options.kind](options)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = options.dropout
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = options.dropout
    for module in model.modules():
        config = getattr(module, "config", None)
        if hasattr(config, "attention_probs_dropout_prob"):
            config.attention_probs_dropout_prob = config.hidden_dropout_prob = options.dropout
    decay, plain = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (plain if name.endswith("bias") or "LayerNorm" in name else decay).append(parameter)
    groups = [{"params": decay, "weight_decay": options.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=options.rate, fused=options.fused)
    model.train()
    for step in range(options.steps):
        batch = pairs[options.batch * step:options.batch * (step + 1)]
        start = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "bf16"):
            loss = loss_of(batch)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds = time.perf_counter() - start
        print(json.dumps({"step": step, "loss": float(loss), "grad_norm": float(norm), "seconds": seconds}), flush=True)
    print(json.dumps({"peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("model")
    parser.add_argument("pairs")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--fused", action="store_true")
    return parser.parse_args()


def texts(batch, field):
    return [pair[field] for pair in batch]


def dense(options):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    model = SentenceTransformer(options.model, device="cpu")
    model.max_seq_length = options.max_length
    loss = MultipleNegativesRankingLoss(model)
    return model, lambda batch: loss([model.preprocess(texts(batch, field)) for field in ("query", "document")], None)


def sparse(options):
    from sentence_transformers import SparseEncoder
    from sentence_transformers.sparse_encoder.losses import SparseMultipleNegativesRankingLoss, SpladeLoss

    model = SparseEncoder(options.model, device="cpu")
    model.max_seq_length = options.max_length
    loss = SpladeLoss(model, SparseMultipleNegativesRankingLoss(model), document_regularizer_weight=3e-5,
                      query_regularizer_weight=5e-5)

    def value(batch):
        parts = loss([model.preprocess(texts(batch, field)) for field in ("query", "document")], None)
        return sum(parts.values()) if isinstance(parts, dict) else parts

    return model, value


def cross_encoder(options):
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(options.model, device="cpu", num_labels=1, max_length=options.max_length)
    criterion = torch.nn.BCEWithLogitsLoss()

    def value(batch):
        inputs = model.tokenizer(texts(batch, "query"), texts(batch, "document"), padding=True, truncation=True,
                                 max_length=options.max_length, return_tensors="pt")
        network = getattr(model, "model", None) or model[0].auto_model
        return criterion(network(**inputs).logits.view(-1), torch.tensor([float(pair["label"]) for pair in batch]))

    return model, value


KINDS = {"dense": dense, "sparse": sparse, "cross-encoder": cross_encoder}

if __name__ == "__main__":
    main()
