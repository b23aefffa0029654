#!/usr/bin/env python3
"""Measures what a precision costs in ranking quality: nDCG@10 of float32, bf16 and int8 on judged collections.

    pip install numpy
    swift build -c release --product needletail
    python3 Benchmarks/quality.py COLLECTION... [--queries 150] [--tasks rerank,dense] [--json FILE]

A collection is a folder in BEIR's layout; Examples/packages is one. Of its judged test queries, --queries are drawn by a
seed. "rerank": a cross-encoder puts the BM25 top 100 in order (Lucene's BM25, k1 1.2, b 0.75, words in lower case).
"dense": exact search over the whole collection, documents and queries embedded in the same precision; with --pool, over the
documents that BM25 finds for the sample's queries and the judged ones, which is faster and easier. Inputs are cut to 256
tokens.

Everything is done by `needletail`: `eval` reranks and compares (trec_eval's figures, paired bootstrap), `embed` makes the
vectors. Its float32 results are kept in --work, so that another run computes only the other precisions; --again discards
them. On two cores at 10,000 tokens a second, 150 queries over passages of 100 tokens take some two and a half minutes.
"""
import argparse
import collections
import hashlib
import json
import math
import os
import random
import re
import subprocess
import sys

import numpy

from peers.texts import lines

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("--queries", type=int, default=150, help="so many of the judged queries; all where there are fewer")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tasks", default="rerank,dense")
    parser.add_argument("--precisions", default="fp32,bf16,int8", help="the first is what the others are compared with")
    parser.add_argument("--reranker", default=os.path.join(ROOT, "Models", "starter-cross-encoder"))
    parser.add_argument("--encoder", default=os.path.join(ROOT, ".cache", "models", "all-MiniLM-L6-v2"))
    parser.add_argument("--depth", type=int, default=100)
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "needletail"))
    parser.add_argument("--work", default=os.path.join(ROOT, ".cache", "bench", "quality"))
    parser.add_argument("--pool", action="store_true", help="dense: search only what BM25 finds, and what is judged")
    parser.add_argument("--again", action="store_true", help="compute the first precision anew, too")
    parser.add_argument("--json", help="writes all figures to this file")
    return parser.parse_args()


class Sample:
    """A collection with so many of its judged queries, as a folder that `needletail eval` reads."""

    def __init__(self, folder, args):
        self.args, self.name = args, os.path.basename(os.path.abspath(folder))
        self.queries = {q["_id"]: q["text"] for q in lines(folder, "queries.jsonl")}
        corpus = lines(folder, "corpus.jsonl")
        self.ids = [d["_id"] for d in corpus]
        self.documents = [(d.get("title", "") + " " + d["text"]).strip() for d in corpus]
        with open(os.path.join(folder, "qrels", "test.tsv"), encoding="utf-8") as file:
            header, *judged = file.read().splitlines()
        relevant = sorted({line.split("\t")[0] for line in judged if int(line.split("\t")[2]) > 0})
        count = min(args.queries, len(relevant))
        self.chosen = sorted(random.Random(args.seed).sample(relevant, count))
        self.folder = os.path.join(args.work, f"{self.name}-{count}-{args.seed}")
        os.makedirs(os.path.join(self.folder, "qrels"), exist_ok=True)
        for name in os.listdir(folder):
            link = os.path.join(self.folder, name)
            if name.startswith(("corpus.jsonl", "queries.jsonl")) and not os.path.lexists(link):
                os.symlink(os.path.abspath(os.path.join(folder, name)), link)
        kept = set(self.chosen)
        with open(os.path.join(self.folder, "qrels", "test.tsv"), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in [header] + [j for j in judged if j.split("\t")[0] in kept])
        self.bm25 = os.path.join(self.folder, "bm25.run")
        if not os.path.exists(self.bm25):
            search = BM25(self.documents)
            self.write(self.bm25, "bm25", (search.scores(self.queries[q]) for q in self.chosen))
        if args.pool:
            with open(self.bm25, encoding="utf-8") as file:
                pool = {line.split()[2] for line in file}
            pool |= {line.split("\t")[1] for line in judged if line.split("\t")[0] in kept}
            both = [pair for pair in zip(self.ids, self.documents) if pair[0] in pool]
            self.ids, self.documents = [i for i, _ in both], [d for _, d in both]

    def write(self, path, tag, rows, count=100):
        """A TREC run of the best documents with a score above 0, from the scores of all for each query."""
        with open(path + ".part", "w", encoding="utf-8") as file:
            for query, scores in zip(self.chosen, rows):
                best = numpy.lexsort((numpy.arange(len(scores)), -scores))[:count]
                for rank, number in enumerate(n for n in best if scores[n] > 0):
                    file.write(f"{query} Q0 {self.ids[number]} {rank + 1} {scores[number]:.8g} {tag}\n")
        os.replace(path + ".part", path)

    def rerank(self, precision, output):
        needletail(self.args, "eval", self.folder, "--run", self.bm25, "--depth", self.args.depth, "--model",
                   self.args.reranker, "--output", output + ".part", "--json", *running(self.args, precision))
        os.replace(output + ".part", output)

    def dense(self, precision, output):
        """Writes the run, and the vectors of documents and queries beside it."""
        vectors = []
        for part, texts in (("documents", self.documents), ("queries", [self.queries[q] for q in self.chosen])):
            path = f"{output}.{part}.npy"
            with open(path, "wb") as file:
                needletail(self.args, "embed", "--model", self.args.encoder, "--jsonl", "--normalize", "--format", "npy",
                           *running(self.args, precision), input="".join(json.dumps(t) + "\n" for t in texts), to=file)
            vectors.append(numpy.load(path))
        # Cosines may be negative; the order is what counts.
        self.write(output, precision, (2 + vectors[0] @ query for query in vectors[1]))

    def compare(self, before, after):
        """nDCG@10 of two runs and their difference with its interval."""
        line = needletail(self.args, "eval", self.folder, "--run", before, "--compare", after, "--metrics", "nDCG@10",
                          "--json")
        return json.loads(line)["metrics"]["nDCG@10"]

    def measure(self, task, model):
        """Figures of every precision on this sample."""
        settings = f"{digest(model)} {self.args.depth} {self.args.max_length} {self.args.pool}"
        key = hashlib.sha256(settings.encode()).hexdigest()[:12]
        first, *others = available(self.args)
        runs = {}
        for precision in [first] + others:
            runs[precision] = os.path.join(self.folder, f"{task}-{key}-{precision}.run")
            if precision != first or self.args.again or not os.path.exists(runs[precision]):
                getattr(self, task)(precision, runs[precision])
        result = {"collection": self.name, "task": task, "queries": len(self.chosen),
                  "bm25": self.compare(self.bm25, runs[first])["before"], "precisions": {}}
        for precision, run in runs.items():
            figures = self.compare(runs[first], run)
            entry = {"nDCG@10": figures["after"], "top10": overlap(runs[first], run)}
            if precision != first:
                entry.update({k: figures[k] for k in ("difference", "low", "high", "p", "better", "worse")})
                if task == "dense":
                    entry["cosine"] = cosines(f"{runs[first]}.documents.npy", f"{run}.documents.npy")
            result["precisions"][precision] = entry
        return result


class BM25:
    """Lucene's: idf ln(1 + (N - n + 0.5) / (n + 0.5)), k1 1.2, b 0.75."""

    def __init__(self, documents, k1=1.2, b=0.75):
        counts = [collections.Counter(self.words(d)) for d in documents]
        lengths = numpy.array([sum(c.values()) for c in counts], float)
        norm = k1 * (1 - b + b * lengths / lengths.mean())
        postings = collections.defaultdict(list)
        for number, words in enumerate(counts):
            for word, count in words.items():
                postings[word].append((number, count))
        self.count, self.weights = len(documents), {}
        for word, entries in postings.items():
            numbers = numpy.array([n for n, _ in entries])
            tf = numpy.array([c for _, c in entries], float)
            idf = math.log(1 + (len(documents) - len(entries) + 0.5) / (len(entries) + 0.5))
            self.weights[word] = numbers, idf * tf / (tf + norm[numbers])

    @staticmethod
    def words(text):
        return re.findall(r"\w+", text.lower())

    def scores(self, query):
        total = numpy.zeros(self.count)
        for word in self.words(query):
            if word in self.weights:
                numbers, weights = self.weights[word]
                total[numbers] += weights
        return total


def needletail(args, *words, input=None, to=subprocess.PIPE):
    """Runs the program; returns what it printed."""
    command = [args.program, *map(str, words)]
    run = subprocess.run(command, input=input, stdout=to, stderr=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(command)}: exit {run.returncode}: {run.stderr.strip()[-400:]}")
    return run.stdout


def running(args, precision):
    return "--precision", precision, "--threads", args.threads, "--max-length", args.max_length


def available(args):
    """The precisions that the program has on this CPU."""
    wanted = [p for p in args.precisions.split(",") if p]
    found = []
    for precision in wanted:
        run = subprocess.run([args.program, "rerank", "--precision", precision, "-q", "a", "--texts", "/dev/null"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if run.returncode == 69:
            print(f"{precision} left out: {run.stderr.strip()}", file=sys.stderr)
        else:
            found.append(precision)
    if wanted[0] not in found:
        sys.exit(f"without {wanted[0]} there is nothing to compare with")
    return found


def digest(model):
    """Changes when the weights do."""
    state = hashlib.sha256()
    for name in sorted(os.listdir(model)):
        if name.endswith((".safetensors", ".bin", ".json")):
            with open(os.path.join(model, name), "rb") as file:
                state.update(file.read())
    return state.hexdigest()


def overlap(first, second):
    """How many of the ten best are the same, on average over the queries, in any order."""
    tops = []
    for path in (first, second):
        top = collections.defaultdict(list)
        with open(path, encoding="utf-8") as file:
            for line in file:
                query, _, document, *_ = line.split()
                if len(top[query]) < 10:
                    top[query].append(document)
        tops.append(top)
    return sum(len(set(tops[0][q]) & set(tops[1][q])) / len(tops[0][q]) for q in tops[0]) / len(tops[0])


def cosines(first, second):
    """Mean and least cosine between the vectors of two files."""
    values = (numpy.load(first) * numpy.load(second)).sum(1)
    return {"mean": float(values.mean()), "least": float(values.min())}


def show(task, results):
    precisions = list(results[0]["precisions"])
    others = precisions[1:]
    head = [f"{task}, nDCG@10", "queries", "BM25", *precisions]
    head += [f"{p} - {precisions[0]} (95 %)" for p in others] + [f"same top 10, {p}" for p in others]
    if task == "dense":
        head += [f"cosine, {p}" for p in others]
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for result in results:
        found = result["precisions"]
        row = [result["collection"], str(result["queries"]), f"{result['bm25']:.4f}"]
        row += [f"{found[p]['nDCG@10']:.4f}" for p in precisions]
        row += [f"{found[p]['difference']:+.4f} ({found[p]['low']:+.4f} to {found[p]['high']:+.4f})" for p in others]
        row += [f"{found[p]['top10']:.1%}" for p in others]
        if task == "dense":
            row += [f"{found[p]['cosine']['mean']:.5f}, least {found[p]['cosine']['least']:.5f}" for p in others]
        print("| " + " | ".join(row) + " |", flush=True)


def main():
    args = arguments()
    results = []
    samples = [Sample(folder, args) for folder in args.collections]
    for task in args.tasks.split(","):
        model = {"rerank": args.reranker, "dense": args.encoder}[task]
        if not os.path.isdir(model):
            sys.exit(f"{model} is not there; scripts/fetch-test-models fetches all-MiniLM-L6-v2")
        found = [sample.measure(task, model) for sample in samples]
        show(task, found)
        results += found
    if args.json:
        with open(args.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
