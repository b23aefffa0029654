#!/usr/bin/env python3
"""Makes this example collection from a BEIR folder of Debian package descriptions.

    pip install numpy
    python3 make.py DATA_FOLDER [--out .]

DATA_FOLDER holds corpus.jsonl.gz ({"_id", "title", "text"}: package name and long description), queries.jsonl ({"_id",
"text"}: short descriptions) and qrels/test.tsv, of Debian bookworm's main section. The result is a sample of it:

  * 300 of its test queries, drawn by the hash of their ids, so that nothing about the results decides which;
  * as documents the judged packages of these queries, and each query's best 14 by BM25 among all packages, so that the
    wrong answers are as near as in the whole collection; filled up by hash to 4,500;
  * first-stage lists: the best 50 by BM25 over those documents, as a TREC run;
  * beside it, in ../fine-tuning, those queries of qrels/train.tsv and qrels/dev.tsv whose judged packages are all among these
    documents, together with the test queries.

BM25 as Lucene computes it (k1 1.2, b 0.75, idf = ln(1 + (N - n + 0.5) / (n + 0.5))), over lower-cased `\\w+` tokens of title
and text, no stop words, no stemming. Over the whole collection these lists reach nDCG@10 0.764 (2,314 test queries); the
script prints both figures.
"""
import argparse
import collections
import gzip
import hashlib
import json
import math
import pathlib
import re

import numpy as np

QUERIES, NEIGHBOURS, DOCUMENTS, DEPTH = 300, 14, 4500, 50
K1, B = 1.2, 0.75
TOKEN = re.compile(r"\w+", re.UNICODE)


def tokens(text):
    return TOKEN.findall(text.lower())


def by_hash(identifiers):
    return sorted(identifiers, key=lambda i: hashlib.sha256(("needletail example " + i).encode()).hexdigest())


class BM25:
    """An inverted index with precomputed impacts."""

    def __init__(self, documents):
        self.ids = [d["_id"] for d in documents]
        counts = [collections.Counter(tokens((d["title"] + " " + d["text"]).strip())) for d in documents]
        lengths = np.array([sum(c.values()) for c in counts], dtype=np.float64)
        norm = K1 * (1 - B + B * lengths / lengths.mean())
        postings = collections.defaultdict(list)
        for number, count in enumerate(counts):
            for token, frequency in count.items():
                postings[token].append((number, frequency))
        self.postings = {}
        for token, entries in postings.items():
            numbers = np.array([n for n, _ in entries])
            frequency = np.array([f for _, f in entries], dtype=np.float64)
            idf = math.log(1 + (len(counts) - len(entries) + 0.5) / (len(entries) + 0.5))
            self.postings[token] = numbers, idf * frequency / (frequency + norm[numbers])

    def search(self, query, count):
        """The best documents as (id, score); equal scores by id, descending, as trec_eval ranks them."""
        scores = np.zeros(len(self.ids))
        for token in tokens(query):
            if token in self.postings:
                numbers, impacts = self.postings[token]
                scores[numbers] += impacts
        hits = np.nonzero(scores)[0]
        ranked = sorted(((round(float(scores[i]), 4), self.ids[i]) for i in hits), reverse=True)
        return [(identifier, score) for score, identifier in ranked[:count]]


def ndcg10(ranking, grades):
    gain = sum(grades.get(d, 0) / math.log2(i + 2) for i, (d, _) in enumerate(ranking[:10]))
    ideal = sum(g / math.log2(i + 2) for i, g in enumerate(sorted(grades.values(), reverse=True)[:10]))
    return gain / ideal


def judgements(folder, split):
    grades = collections.defaultdict(dict)
    with open(folder / "qrels" / f"{split}.tsv", encoding="utf-8") as file:
        next(file)
        for line in file:
            query, document, grade = line.rstrip("\n").split("\t")
            grades[query][document] = int(grade)
    return grades


def write_queries(out, split, queries, grades):
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    with open(out / "qrels" / f"{split}.tsv", "w", encoding="utf-8") as file:
        print("query-id\tcorpus-id\tscore", file=file)
        for query in queries:
            for document, grade in sorted(grades[query].items()):
                print(query, document, grade, sep="\t", file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    arguments = parser.parse_args()

    with gzip.open(arguments.data / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        corpus = [json.loads(line) for line in file]
    with open(arguments.data / "queries.jsonl", encoding="utf-8") as file:
        texts = {q["_id"]: q["text"] for q in map(json.loads, file)}
    grades = judgements(arguments.data, "test")

    whole = BM25(corpus)
    rankings = {query: whole.search(texts[query], DEPTH) for query in grades}
    mean = sum(ndcg10(rankings[q], grades[q]) for q in grades) / len(grades)
    print(f"BM25 nDCG@10, all {len(grades)} test queries over {len(corpus)} documents: {mean:.4f}")

    queries = sorted(by_hash(grades)[:QUERIES])
    chosen = {document for query in queries for document in grades[query]}
    chosen |= {document for query in queries for document, _ in rankings[query][:NEIGHBOURS]}
    assert len(chosen) <= DOCUMENTS, len(chosen)
    print(f"{len(chosen)} judged or near, filled up to {DOCUMENTS}")
    for identifier in by_hash(d["_id"] for d in corpus):
        if len(chosen) == DOCUMENTS:
            break
        chosen.add(identifier)
    documents = [d for d in corpus if d["_id"] in chosen]

    sample = BM25(documents)
    rankings = {query: sample.search(texts[query], DEPTH) for query in queries}
    mean = sum(ndcg10(rankings[q], grades[q]) for q in queries) / len(queries)
    print(f"BM25 nDCG@10, {len(queries)} queries over {len(documents)} documents: {mean:.4f}")

    out = arguments.out
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    with open(out / "corpus.jsonl", "w", encoding="utf-8") as file:
        for document in documents:
            print(json.dumps(document, ensure_ascii=False), file=file)
    with open(out / "queries.jsonl", "w", encoding="utf-8") as file:
        for query in queries:
            print(json.dumps({"_id": query, "text": texts[query]}, ensure_ascii=False), file=file)
    write_queries(out, "test", queries, grades)
    with open(out / "bm25.run", "w", encoding="utf-8") as file:
        for query in queries:
            for rank, (document, score) in enumerate(rankings[query], 1):
                print(query, "Q0", document, rank, f"{score:.4f}", "bm25", file=file)

    # What the documents serve for besides: training, with other queries.
    training = out.parent / "fine-tuning"
    asked = []
    for split in ("train", "dev", "test"):
        found = grades if split == "test" else judgements(arguments.data, split)
        kept = queries if split == "test" else sorted(q for q in found if set(found[q]) <= chosen)
        write_queries(training, split, kept, found)
        asked += kept
        print(f"fine-tuning, {split}: {len(kept)} queries")
    with open(training / "queries.jsonl", "w", encoding="utf-8") as file:
        for query in asked:
            print(json.dumps({"_id": query, "text": texts[query]}, ensure_ascii=False), file=file)


main()
