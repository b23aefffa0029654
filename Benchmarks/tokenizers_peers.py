#!/usr/bin/env python3
"""Compares the speed of `Tokenizers` with Hugging Face `tokenizers`, one thread each, in alternation.

    pip install tokenizers==0.23.3
    swift build -c release --package-path Benchmarks --product TokenizersBenchmarks
    python3 Benchmarks/tokenizers_peers.py TOKENIZER.json CORPUS.jsonl.gz [--rounds 9] [--program PATH]

CORPUS is in BEIR layout; a passage is title + " " + text. Hugging Face runs `encode_batch`, `encode_batch_fast` (without
offsets) and one `encode` per text; both sides tokenise all passages in each round without truncation or padding, with
special tokens. Printed are medians of processor seconds (what else runs on the machine does not count), MB/s, and the ratio to
`encode_batch`.
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import Tokenizer  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("tokenizer")
parser.add_argument("corpus")
parser.add_argument("--rounds", type=int, default=9)
parser.add_argument("--program", default=os.path.join(here, ".build/release/TokenizersBenchmarks"))
args = parser.parse_args()

texts = []
with gzip.open(args.corpus, "rt", encoding="utf-8") as f:
    for line in f:
        d = json.loads(line)
        texts.append((d.get("title", "") + " " + d.get("text", "")).strip())
size = sum(len(t.encode()) for t in texts)
with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
    for t in texts:
        f.write(json.dumps(t, ensure_ascii=False) + "\n")
    f.flush()
    theirs = Tokenizer.from_file(args.tokenizer)
    theirs.no_truncation()
    theirs.no_padding()
    ours = subprocess.Popen([args.program, args.tokenizer, f.name, "--serve"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)

    def run_ours(mode):
        def run():
            ours.stdin.write(mode + "\n")
            ours.stdin.flush()
            seconds, tokens, _ = ours.stdout.readline().split()
            return float(seconds), int(tokens)
        return run

    def run_theirs(work):
        def run():
            start = time.process_time()
            result = work()
            seconds = time.process_time() - start
            return seconds, sum(len(e.ids) for e in result)
        return run

    contenders = {
        "Hugging Face encode_batch": run_theirs(lambda: theirs.encode_batch(texts)),
        "Hugging Face encode_batch_fast": run_theirs(lambda: theirs.encode_batch_fast(texts)),
        "Hugging Face encode, one by one": run_theirs(lambda: [theirs.encode(t) for t in texts]),
        "needletail encode": run_ours("encode"),
        "needletail appendIDs": run_ours("ids"),
    }
    times = {name: [] for name in contenders}
    tokens = {}
    for round_number in range(args.rounds + 1):
        for name, run in contenders.items():
            seconds, tokens[name] = run()
            if round_number > 0:
                times[name].append(seconds)
    ours.stdin.close()
assert len(set(tokens.values())) == 1, tokens
base = statistics.median(times["Hugging Face encode_batch"])
print(f"{len(texts)} passages, {size} bytes, {tokens['needletail encode']} tokens, {args.rounds} rounds")
for name, values in times.items():
    median = statistics.median(values)
    print(f"{name:34} {median * 1e3:9.1f} ms {size / median / 1e6:8.1f} MB/s {base / median:7.2f}x")
