"""Training beside sentence-transformers and PyTorch: the same model, texts, order, batches, loss and optimiser, in turns.

    Benchmarks/train                                    # all kinds, on the example corpus
    Benchmarks/train --kinds dense --data FOLDER        # a collection in BEIR's layout, with qrels/train.tsv
    Benchmarks/train --rounds 5 --steps 12

In each round every contender starts anew, takes `--steps` steps, and its rate is that of the steps behind the first two (the median of their times). First, without
dropout, the losses of the first steps are compared: contenders that learn something else are not compared at all. `NOT QUIET`: others took cores; such figures are not to be quoted.
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from peers.rounds import Machine

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "training", "sentence_transformers_training.py")
SKIPPED = 2  # the first steps touch memory for the first time
# How far losses of the first steps may differ: half precision rounds the products.
TOLERANCES = {"fp32": 2e-3, "bf16": 3e-2}


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="needletail-training-")
    print(f"{options.rounds} rounds of {options.steps} steps of {options.batch}, {options.threads} threads, at most {options.max_length} tokens")
    for kind in options.kinds.split(","):
        pairs = write_pairs(kind, options, os.path.join(folder, f"{kind}.jsonl"))
        model = {"dense": options.dense, "cross-encoder": options.cross_encoder, "sparse": options.sparse}[kind]
        if not model:
            print(f"\n{kind}: left out, no model was named")
            continue
        contenders = {}
        for precision in ("fp32", "bf16"):
            contenders[f"needletail {precision}"] = lambda dropout, p=precision: needletail(options, kind, model, pairs, p, dropout, folder)
            contenders[f"sentence-transformers {precision}"] = lambda dropout, p=precision: peer(options, kind, model, pairs, p, dropout)
        same_losses(kind, contenders)
        measure(kind, contenders, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("NEEDLETAIL", ".build/release/needletail"))
    parser.add_argument("--data", default="Examples/packages")
    parser.add_argument("--split", default=None, help="judgements to train on; train unless the folder has none")
    parser.add_argument("--kinds", default="dense,cross-encoder,sparse")
    parser.add_argument("--dense", default=".cache/models/all-MiniLM-L6-v2")
    parser.add_argument("--cross-encoder")
    parser.add_argument("--sparse")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def write_pairs(kind, options, path):
    """Pairs of the judgements in the order of their file; for cross-encoders each followed by one with another query's document."""
    def lines(name):
        name = os.path.join(options.data, name)
        opened = gzip.open(name + ".gz", "rt", encoding="utf-8") if not os.path.exists(name) else open(name, encoding="utf-8")
        with opened as file:
            yield from map(json.loads, file)

    documents = {line["_id"]: (line.get("title", "") + " " + line["text"]).strip() for line in lines("corpus.jsonl")}
    queries = {line["_id"]: line["text"] for line in lines("queries.jsonl")}
    split = options.split or ("train" if os.path.exists(os.path.join(options.data, "qrels", "train.tsv")) else "test")
    judged, pairs = set(), []
    with open(os.path.join(options.data, "qrels", split + ".tsv"), encoding="utf-8") as file:
        for line in file.read().splitlines()[1:]:
            query, document, grade = line.split("\t")
            if int(grade) > 0 and query not in judged and document in documents:
                judged.add(query)
                pairs.append((queries[query], documents[document]))
    pairs = pairs[:options.steps * options.batch]
    with open(path, "w", encoding="utf-8") as file:
        for number, (query, document) in enumerate(pairs):
            if kind == "cross-encoder":
                other = pairs[(number + 7) % len(pairs)][1]
                rows = [{"query": query, "document": document, "label": 1}, {"query": query, "document": other, "label": 0}]
            else:
                rows = [{"query": query, "document": document}]
            for row in rows:
                file.write(json.dumps(row) + "\n")
    return path


def needletail(options, kind, model, pairs, precision, dropout, folder):
    output = tempfile.mkdtemp(dir=folder)
    # sentence-transformers' names and the fields of the file are the same thing.
    command = [options.program, "train", kind, "--model", model, "--train", pairs, "--output", os.path.join(output, "run"), "--precision", precision,
               "--order", "sequential", "--no-duplicates", "false", "--batch-size", str(options.batch), "--query-length", str(options.max_length),
               "--max-steps", str(options.steps), "--schedule", "constant", "--warmup-ratio", "0", "--learning-rate", "2e-5", "--weight-decay", "0", "--dropout", str(dropout),
               "--threads", str(options.threads), "--save-every", str(options.steps), "--json"]
    if kind != "cross-encoder":  # whose query_length is that of a pair
        command += ["--document-length", str(options.max_length)]
    if kind == "sparse":  # the peer's weights are those of the last step from the first one on
        command += ["--loss-parameters", "schedule=constant"]
    return read(subprocess.run(command, capture_output=True, text=True), lambda row: row.get("event") == "step", lambda row: row.get("peak_memory"))


def peer(options, kind, model, pairs, precision, dropout):
    command = [sys.executable, PEER, kind, model, pairs, "--steps", str(options.steps), "--batch", str(options.batch), "--max-length", str(options.max_length),
               "--precision", precision, "--threads", str(options.threads), "--dropout", str(dropout), "--fused"]
    return read(subprocess.run(command, capture_output=True, text=True), lambda row: "step" in row, lambda row: row.get("peak_rss"))


def read(run, is_step, memory):
    if run.returncode:
        sys.exit(f"{' '.join(run.args)}: exit {run.returncode}: {run.stderr.strip()[-600:]}")
    rows = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    steps = [row for row in rows if is_step(row)]
    return {"losses": [row["loss"] for row in steps], "seconds": statistics.median(row["seconds"] for row in steps[SKIPPED:]),
            "memory": max(memory(row) or 0 for row in rows)}


def same_losses(kind, contenders):
    """Ends unless all contenders without dropout have the same losses in the first steps."""
    results = {name: run(0)["losses"] for name, run in contenders.items()}
    expected = results["sentence-transformers fp32"]
    print(f"\n{kind}: losses of the first steps without dropout: " + " ".join(f"{loss:.4f}" for loss in expected[:4]))
    for name, losses in results.items():
        allowed = TOLERANCES[name.split()[-1]]
        worst = max(abs(a - b) for a, b in zip(losses[:4], expected[:4]))
        print(f"  {name:28} differs by {worst:.1e} at most")
        if worst > allowed * max(1, *expected[:4]):
            sys.exit(f"{name}: learns something else than sentence-transformers")


def measure(kind, contenders, options):
    machine = Machine(options.threads)
    before, start = machine.seconds(), time.perf_counter()
    runs = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(options.rounds):
        for name in names[number % len(names):] + names[:number % len(names)]:
            time.sleep(1)
            runs[name].append(contenders[name](0.1))
    after = machine.seconds()
    others = max(0.0, (after[0] - before[0]) - (after[1] - before[1])) / (time.perf_counter() - start) / os.cpu_count()
    print(f"{kind}, dropout 0.1: others took {others:.0%} of the cores{' - NOT QUIET, indicative only' if others > 0.05 else ''}")
    peers = [name for name in names if name.startswith("sentence")]
    best = min(peers, key=lambda name: statistics.median(run["seconds"] for run in runs[name]))
    print("\n| | pairs/s | lowest to highest | times the better peer | peak memory, MB |\n|---|---|---|---|---|")
    for name in names:
        rates = [options.batch / run["seconds"] for run in runs[name]]
        ratio = statistics.median(b["seconds"] / own["seconds"] for b, own in zip(runs[best], runs[name]))
        memory = statistics.median(run["memory"] for run in runs[name]) / 1e6
        print(f"| {name} | {statistics.median(rates):.1f} | {min(rates):.1f} to {max(rates):.1f} | {ratio:.2f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
