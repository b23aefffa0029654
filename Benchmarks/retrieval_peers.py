#!/usr/bin/env python3
"""Measures learned-sparse and dense search beside Lucene, pyseismic-lsr, hnswlib, faiss-cpu and usearch (make bench-retrieval).

    Benchmarks/retrieval                                            20,000 documents and vectors: a look in some minutes
    Benchmarks/retrieval --documents 1000000 --vectors 200000       the sizes of Benchmarks/README.md
    Benchmarks/retrieval --sparse-data FOLDER --dense-data FOLDER   data that is there already
    Benchmarks/retrieval --parts exact,graph                        some parts; those not measured are kept in the file of results
    Benchmarks/retrieval --build-only; Benchmarks/retrieval --report

Sparse: peers/search/make_corpus.py makes the texts, peers/sparse/make_vectors.py the vectors. Dense: sentences of Debian's package descriptions (those that apt
has fetched; else of Examples/packages), embedded by `needletail embed` with all-MiniLM-L6-v2 (make build; scripts/fetch-test-models); peers/vectors/make_vectors.py.

Every index is built once, by a process of its own on one thread. Every engine searches on one thread in a process of its own; engines take turns in each
round, the first of which only warms up. Figures are medians of the others. NOT QUIET: a round took a tenth more than the median, so
that something else ran.
"""
import argparse
import datetime
import glob
import json
import os
import subprocess
import sys

import sparse_peers
import vectors_peers
from peers import retrieval_report

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")
PARTS = ("exact", "approximate", "graph", "filters", "scan")


def run(*command, **options):
    print("$", *command, file=sys.stderr)
    subprocess.run(command, check=True, **options)


def sparse_data(options):
    if options.sparse_data:
        return options.sparse_data
    corpus = os.path.join(options.work, f"corpus-{options.documents}")
    folder = os.path.join(options.work, f"sparse-{options.documents}")
    if not os.path.exists(os.path.join(corpus, "corpus.jsonl")):
        run(sys.executable, os.path.join(PEERS, "search", "make_corpus.py"), "--out", corpus, "--documents", str(options.documents))
    if not os.path.exists(os.path.join(folder, "queries.bin")):
        run(sys.executable, os.path.join(PEERS, "sparse", "make_vectors.py"), os.path.join(corpus, "corpus.jsonl"), "--out", folder, "--documents",
            str(options.documents))
    return folder


def dense_data(options):
    if options.dense_data:
        return options.dense_data
    folder = os.path.join(options.work, f"dense-{options.vectors}")
    os.makedirs(folder, exist_ok=True)
    maker = [sys.executable, os.path.join(PEERS, "vectors", "make_vectors.py")]
    sentences, vectors = os.path.join(folder, "sentences.txt"), os.path.join(folder, "sentences.npy")
    if not os.path.exists(os.path.join(folder, "base.npy")):
        lists = sorted(glob.glob("/var/lib/apt/lists/*Translation-en*"))
        run(*maker, "sentences", folder, *(lists or [os.path.join(HERE, "..", "Examples", "packages", "corpus.jsonl")]))
        with open(sentences, encoding="utf-8") as file:
            lines = file.readlines()[:options.vectors + 2_000]
        if len(lines) < options.vectors + 2_000:
            print(f"only {len(lines)} sentences; apt-get update fetches more, unless apt is told to leave descriptions out", file=sys.stderr)
        with open(sentences, "w", encoding="utf-8") as file:
            file.writelines(lines)
        with open(vectors, "wb") as output:
            run(os.path.join(HERE, "..", ".build", "release", "needletail"), "embed", "--model", os.path.join(HERE, "..", ".cache", "models", "all-MiniLM-L6-v2"),
                "--file", sentences, "--format", "npy", stdout=output)
        run(*maker, "split", folder, "--count", str(len(lines) - 2_000))
    return folder


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "")
    return f"{os.cpu_count()} x {name}"


def numbers(text):
    return [int(number) for number in text.split(",") if number]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--vectors", type=int, default=20_000)
    parser.add_argument("--sparse-data")
    parser.add_argument("--dense-data")
    parser.add_argument("--queries", type=int, default=1_000, help="how many of the queries, at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lists", help="lengths of our lists, n_postings (a 700th of the documents, at least 160)")
    parser.add_argument("--seismic-lists", help="n_postings of pyseismic-lsr (the same)")
    parser.add_argument("--widths", default="54,64,100,280,320", help="of graphs: ef_search")
    parser.add_argument("--engines", default="needletail,lucene,maxscore,seismic,hnswlib,faiss,faiss-sq8,usearch-f32,usearch-i8")
    parser.add_argument("--work", default=os.path.join(HERE, "..", ".cache", "bench", "retrieval"))
    parser.add_argument("--json", help="the file of results (WORK/results.json)")
    parser.add_argument("--build-only", action="store_true")
    parser.add_argument("--report", action="store_true", help="prints the tables of the file of results")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    path = options.json or os.path.join(options.work, "results.json")
    results = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
    parts, engines = options.parts.split(","), options.engines.split(",")
    if not set(parts) <= set(PARTS):
        parser.error(f"--parts: of {', '.join(PARTS)}")
    if not options.report:
        if {"exact", "approximate"} & set(parts):
            folder = sparse_data(options)
            with open(os.path.join(folder, "documents.bin"), "rb") as file:
                usual = [max(160, int.from_bytes(file.read(4), "little") // 700)]
            lists = numbers(options.lists) if options.lists is not None else usual
            theirs = numbers(options.seismic_lists) if options.seismic_lists is not None else usual
            results.setdefault("sparse_builds", {}).update(sparse_peers.build(folder, lists, theirs, engines))
            for part in () if options.build_only else ("exact", "approximate"):
                if part in parts:
                    note(results, part, options, sparse_peers.measure(folder, part, lists, theirs, engines, options.rounds, options.queries))
        if {"graph", "filters", "scan"} & set(parts):
            folder = dense_data(options)
            own = [name for name in vectors_peers.ENGINES if name in engines]
            results.setdefault("dense_builds", {}).update(vectors_peers.build(folder, own))
            for part in () if options.build_only else ("graph", "filters", "scan"):
                if part in parts:
                    note(results, part, options, vectors_peers.measure(folder, part, own, numbers(options.widths), options.rounds, options.queries))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    retrieval_report.show(results)


def note(results, part, options, rows):
    results[part] = {"machine": machine(), "date": datetime.date.today().isoformat(), "command": " ".join(sys.argv), "rounds": options.rounds, "rows": rows}


if __name__ == "__main__":
    main()
