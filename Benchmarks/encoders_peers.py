#!/usr/bin/env python3
"""Measures Needletail's encoders beside ONNX Runtime, OpenVINO, PyTorch and sentence-transformers, in turns.

    pip install torch transformers sentence-transformers onnx onnxscript onnxruntime openvino        (torch for the CPU is enough)
    swift build -c release --product needletail
    python3 Benchmarks/encoders_peers.py [--suites rerank,long,base,dense,sparse] [--threads 1,2] [--json FILE]

Suites, each over the folder --data (BEIR's layout; Examples/packages unless said):
  rerank   a query with 1, 10, 100 short texts (64 tokens at most) and passages (256), a model of MiniLM-L6's size
  long     pairs of 512 tokens, the same model
  base     a model of BERT-base's size
  dense    documents to unit mean vectors, and one query of 8 tokens
  sparse   documents to SPLADE weights over 30,522 words

Models have seeded random weights and are made here; --cross, --dense-model and --sparse-model take others. Peers get
what makes them fastest: batches sorted by length, 10 pairs or 32 documents each ("sorted"); "padded" is one batch as it
comes; "torchscript" scores one pair after the other. Tokenisation is no part of the times, except in the lines that end in
"+tokenizer": sentence-transformers' encode and the same work of Needletail.

Every round runs each contender once, after a pause, in changing order. Printed are medians over the rounds, their range,
and the ratio to the fastest peer as the median of the rounds' ratios. Between rounds the machine's own speed is taken: when
it moves, or when other processes took cores, the case says so and its figures are not to be quoted.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile

from peers import models, rounds
from peers.texts import Collection, spread

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = ("ort-int8", "ort-fp32", "openvino-bf16", "openvino-fp32", "torch-bf16", "torch-fp32", "torchscript")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suites", default="rerank,long,base,dense,sparse")
    parser.add_argument("--threads", default=str(len(os.sched_getaffinity(0))), help="one number, or several: 1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precisions", default="int8,bf16,fp32", help="of Needletail; those it lacks are left out")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--data", default=os.path.join(ROOT, "Examples", "packages"))
    parser.add_argument("--documents", type=int, default=320, help="for dense; a quarter of them for sparse")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "needletail"))
    parser.add_argument("--models", default=os.path.join(ROOT, ".cache", "bench", "encoders"))
    parser.add_argument("--cross")
    parser.add_argument("--dense-model")
    parser.add_argument("--sparse-model")
    parser.add_argument("--json", help="writes all figures to this file")
    return parser.parse_args()


class Bench:
    """One number of threads: engines, cases, results."""

    def __init__(self, args, threads, work):
        self.args, self.threads, self.work = args, threads, work
        self.collection = Collection(args.data)
        self.precisions = available(args)
        self.results = []
        self.rows = []

    def model(self, task, size):
        given = {"cross": self.args.cross, "dense": self.args.dense_model, "sparse": self.args.sparse_model}[task]
        if given and size == "minilm":
            return given
        starter = os.path.join(ROOT, "Models", "starter-cross-encoder")
        return models.make(task, size, self.args.models, starter)

    def open(self, task, size, peers):
        """Tokenizer and engines of a model; peers must compute what PyTorch computes."""
        from peers import engines
        from transformers import AutoTokenizer
        folder = self.model(task, size)
        wanted = [p for p in self.args.peers.split(",") if p and p in peers]
        return folder, AutoTokenizer.from_pretrained(folder), engines.load(task, folder, self.threads, self.work, wanted)

    def ours(self, what, folder, flag, objects, limit):
        """Needletail in each precision, over the same texts."""
        path = os.path.join(self.work, "texts.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(o, ensure_ascii=False) + "\n" for o in objects)
        return {f"needletail-{p}": [self.args.program, what, [
            "--model", folder, flag, path, "--precision", p, "--threads", str(self.threads), "--max-length", str(limit)]]
            for p in self.precisions}

    def run(self, suite, case, contenders, texts, tokens):
        result = rounds.measure(contenders, self.args.rounds, self.threads)
        for name, contender in contenders.items():
            if not rounds.is_peer(name) and contender.answer["tokens"] != tokens:
                sys.exit(f"{name} read {contender.answer['tokens']} tokens, the peers {tokens}: no fair comparison")
        title = f"{suite}, {case}, {self.threads} thread{'s'[:self.threads > 1]}"
        ms = rounds.report(title, result, texts, tokens)
        self.rows.append((suite, case, ms))
        self.results.append({"suite": suite, "case": case, "threads": self.threads, "texts": texts, "tokens": tokens,
                             "median_ms": ms, **result})

    # Suites

    def pairs(self, suite, size, cases, limit_of):
        folder, tokenizer, engines = self.open("cross", size, PEERS)
        for kind, count in cases:
            pairs = self.collection.pairs(kind, count)
            limit = limit_of[kind]
            batch, ordered, tokens = batcher(tokenizer, pairs, limit)
            whole, sorted_batches = batch(range(count)), [batch(part) for part in chunks(ordered, 10)]
            singles = [batch([i]) for i in range(count)]
            contenders = {}
            for name, options in self.ours(
                    "rerank", folder, "--pairs", [{"query": q, "text": t} for q, t in pairs], limit).items():
                contenders[name] = rounds.Needletail(*options)
            for name, engine in engines.items():
                if name == "torchscript":
                    contenders[name] = peer(engine, singles)
                    continue
                contenders[name + " padded"] = peer(engine, [whole])
                if count > 10:
                    contenders[name + " sorted"] = peer(engine, sorted_batches)
            check(engines, singles[0])
            self.run(suite, f"{kind} x {count}", contenders, count, tokens)

    def rerank(self):
        cases = [(kind, count) for kind in ("short", "passage") for count in (1, 10, 100)]
        self.pairs("rerank", "minilm", cases, {"short": 64, "passage": 256})

    def long(self):
        self.pairs("long", "minilm", [("long", 1), ("long", 8)], {"long": 512})

    def base(self):
        self.pairs("base", "base", [("short", 1), ("short", 10), ("passage", 10)], {"short": 64, "passage": 256})

    def dense(self):
        folder, tokenizer, engines = self.open("dense", "minilm", PEERS[:-1])
        query = self.collection.query_of(8, lambda text: len(tokenizer(text)["input_ids"]))
        documents = spread(self.collection.documents, self.args.documents)
        self.documents("dense", "embed", folder, tokenizer, engines, [query], "8-token query")
        self.documents("dense", "embed", folder, tokenizer, engines, documents, "documents", encode=True)

    def sparse(self):
        folder, tokenizer, engines = self.open("sparse", "minilm", PEERS[:-1])
        documents = spread(self.collection.documents, max(1, self.args.documents // 4))
        self.documents("sparse", "sparse", folder, tokenizer, engines, documents, "documents")

    def documents(self, suite, command, folder, tokenizer, engines, texts, case, encode=False, limit=256):
        batch, ordered, tokens = batcher(tokenizer, texts, limit)
        batches = [batch(part) for part in chunks(ordered, 32)]
        contenders = {}
        ours = self.ours(command, folder, "--texts", texts, limit)
        for name, options in ours.items():
            contenders[name] = rounds.Needletail(*options)
        for name, engine in engines.items():
            contenders[name] = peer(engine, batches)
        check(engines, batch([0]))
        self.run(suite, case, contenders, len(texts), tokens)
        if encode:
            from sentence_transformers import SentenceTransformer
            model = SentenceTransformer(folder, device="cpu")
            model.max_seq_length = limit
            contenders = {name + " +tokenizer": rounds.Needletail(*options, include_tokenizing=True)
                          for name, options in ours.items()}
            contenders["sentence-transformers +tokenizer"] = rounds.Peer(
                lambda: model.encode(texts, batch_size=32, show_progress_bar=False))
            self.run(suite, case + " +tokenizer", contenders, len(texts), tokens)


def available(args):
    """The precisions that the program has on this CPU."""
    found = []
    for precision in filter(None, args.precisions.split(",")):
        command = [args.program, "bench", "rerank", "--model", os.path.join(ROOT, "Models", "starter-cross-encoder"),
                   "--pairs", "-", "--runs", "1", "--seconds", "0", "--precision", precision]
        run = subprocess.run(command, input='{"query": "a", "text": "b"}\n', capture_output=True, text=True)
        if run.returncode == 0:
            found.append(precision)
        else:
            print(f"{precision} left out: {run.stderr.strip()}", file=sys.stderr)
    return found


def batcher(tokenizer, texts, limit):
    """What makes a padded batch of some texts; their numbers by length; tokens of all without padding."""
    import numpy

    def batch(numbers):
        made = tokenizer([texts[i] for i in numbers], padding=True, truncation=True, max_length=limit,
                         return_tensors="np", return_token_type_ids=True)
        return {key: made[key].astype(numpy.int64) for key in ("input_ids", "attention_mask", "token_type_ids")}

    lengths = [int(batch([i])["attention_mask"].sum()) for i in range(len(texts))]
    return batch, sorted(range(len(texts)), key=lambda i: lengths[i]), sum(lengths)


def chunks(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


def peer(engine, batches):
    return rounds.Peer(lambda: [engine(batch) for batch in batches])


def check(engines, batch):
    """Stops when float32 engines do not agree: then they would not run the same network."""
    import numpy
    results = {name: engine(batch) for name, engine in engines.items() if name.endswith(("fp32", "torchscript"))}
    for name, result in results.items():
        first = next(iter(results.values()))
        if not numpy.allclose(result, first, rtol=1e-3, atol=1e-3):
            sys.exit(f"{name} differs by {abs(result - first).max()} from {next(iter(results))}")


def main():
    args = arguments()
    os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")
    import torch
    from transformers.utils import logging
    logging.disable_progress_bar()
    results, tables = [], []
    with tempfile.TemporaryDirectory() as work, torch.inference_mode():
        for threads in map(int, args.threads.split(",")):
            bench = Bench(args, threads, work)
            for suite in args.suites.split(","):
                getattr(bench, suite)()
            results += bench.results
            tables.append((threads, bench.rows))
    for threads, rows in tables:
        for suite in dict.fromkeys(suite for suite, _, _ in rows):
            print(f"\n{suite}, {threads} thread{'s'[:threads > 1]}")
            rounds.table([(case, ms) for s, case, ms in rows if s == suite])
    for threads, rows in tables[1:]:
        print(f"\ntimes as fast with {threads} threads as with {tables[0][0]}")
        rounds.table([(f"{suite}, {case}", {name: first[name] / ms[name] for name in ms})
                      for (suite, case, ms), (_, _, first) in zip(rows, tables[0][1])], unit="ratio")
    if args.json:
        from importlib.metadata import version
        packages = {p: version(p) for p in ("torch", "onnxruntime", "openvino", "transformers", "sentence-transformers")}
        with open(args.json, "w") as file:
            json.dump({"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                       "packages": packages, "cases": results}, file, indent=1)


if __name__ == "__main__":
    main()
