#!/usr/bin/env python3
"""nDCG@10 of BM25 over the test queries of BEIR folders: what tokeniser and field lengths change. Standard library and a JDK.

    python3 Benchmarks/bm25_baselines.py FOLDER [FOLDER ...]

Rows: runs of word characters with exact field lengths (what research code computes); the same in Lucene, whose lengths above 39 are rounded
to one byte; Lucene with the standard analyser, as OpenSearch has it and as Needletail computes. Title and text are joined; k1 1.2, b 0.75.
"""
import collections
import json
import math
import os
import re
import subprocess
import sys
import tempfile

from search_lucene import LUCENE, documents, judgements, lines, ndcg


def exact(folder, queries):
    """{query: hits} with lengths as they are."""
    word = re.compile(r"\w+")
    postings, lengths, names = collections.defaultdict(list), [], []
    for name, source in documents(folder):
        terms = collections.Counter(word.findall(source["all"].lower()))
        for term, frequency in terms.items():
            postings[term].append((len(names), frequency))
        lengths.append(sum(terms.values()))
        names.append(name)
    average = sum(lengths) / len([n for n in lengths if n])
    base = [1.2 * (0.25 + 0.75 * n / average) for n in lengths]
    results = {}
    for query, text in queries.items():
        scores = collections.Counter()
        for term in word.findall(text.lower()):
            found = postings.get(term, ())
            weight = math.log(1 + (len(names) - len(found) + 0.5) / (len(found) + 0.5))
            for document, frequency in found:
                scores[document] += weight * frequency / (frequency + base[document])
        results[query] = [[names[d], s] for d, s in scores.most_common(100)]
    return results


def lucene(folder, queries, analyzer):
    with tempfile.TemporaryDirectory() as work:
        asked, answered, index = (os.path.join(work, name) for name in ("queries.jsonl", "hits.jsonl", "index"))
        with open(asked, "w", encoding="utf-8") as file:
            for query, text in queries.items():
                file.write(json.dumps({"id": query, "query": {"match": {"all": text}}}) + "\n")
        subprocess.run([LUCENE, "index", "--corpus", folder, "--index", index, "--combine", "all", "--analyzer", analyzer], check=True)
        subprocess.run([LUCENE, "run", "--index", index, "--queries", asked, "--output", answered, "--analyzer", analyzer], check=True)
        with open(answered, encoding="utf-8") as file:
            return {result["id"]: result["hits"] for result in map(json.loads, file)}


def main():
    folders = sys.argv[1:]
    rows = {}
    for folder in folders:
        grades = judgements(folder, "test")
        queries = {q["_id"]: q["text"] for q in lines(folder, "queries.jsonl") if q["_id"] in grades}
        first = None
        for name, hits in [("words, exact lengths", exact(folder, queries)), ("words, Lucene's lengths", lucene(folder, queries, "word")),
                           ("standard, Lucene's lengths", lucene(folder, queries, "standard"))]:
            values = [ndcg(hits[q], grades[q]) for q in queries]
            changed = "" if first is None else f" ({sum(abs(a - b) > 1e-9 for a, b in zip(first, values))} queries differ from above)"
            first = values
            rows.setdefault(name, []).append(f"{sum(values) / len(values):.4f}{changed}")
    print("| nDCG@10 | " + " | ".join(os.path.basename(os.path.normpath(f)) for f in folders) + " |\n|---|" + "---|" * len(folders))
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
