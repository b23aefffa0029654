#!/usr/bin/env python3
"""Makes the expected values of RelevanceTests with trec_eval's own code.

    pip install ir_measures pytrec_eval-terrier
    python3 make_expected.py [--packages ../../../Examples/packages]

Writes random.run and random.qrels (seeded: graded, negative and missing judgements, ties, queries on one side only) and
*.expected.tsv (query, metric, value; the query `all` is the mean over all judged queries). The values come from trec_eval
through ir_measures; reciprocal rank with a cut-off, which trec_eval lacks, is its recip_rank over a run that is cut first; so is Judged@k, which is ir_measures'
own. random.level2.expected.tsv counts grades from 2 as relevant (trec_eval -l 2), random.judged.expected.tsv leaves documents without
judgement out (-J).
"""
import argparse
import collections
import pathlib
import random
import re

import ir_measures

HERE = pathlib.Path(__file__).resolve().parent
MEASURES = [
    ir_measures.nDCG, ir_measures.nDCG @ 5, ir_measures.nDCG @ 10, ir_measures.RR, ir_measures.AP, ir_measures.AP @ 10,
    ir_measures.R @ 10, ir_measures.R @ 100, ir_measures.P @ 5, ir_measures.P @ 10, ir_measures.Rprec, ir_measures.Success @ 1,
    ir_measures.Success @ 5, ir_measures.Bpref,
]
# trec_eval -l 2, and -J.
LEVEL2 = [
    ir_measures.RR(rel=2), ir_measures.AP(rel=2), ir_measures.R(rel=2) @ 10, ir_measures.P(rel=2) @ 5, ir_measures.Rprec(rel=2),
    ir_measures.Success(rel=2) @ 5, ir_measures.Bpref(rel=2),
]
JUDGED_ONLY = [
    ir_measures.nDCG(judged_only=True) @ 10, ir_measures.RR(judged_only=True), ir_measures.AP(judged_only=True),
    ir_measures.P(judged_only=True) @ 5,
]
OURS = {"RR": "MRR", "AP": "MAP"}


def read(path, value):
    table = collections.defaultdict(dict)
    for line in open(path, encoding="utf-8"):
        fields = line.split()
        if fields[0] != "query-id":
            table[fields[0]][fields[-2] if value is int else fields[2]] = value(fields[-1] if value is int else fields[4])
    return table


def cut(run, depth):
    """The first `depth` documents of each query in trec_eval's order."""
    import numpy as np

    order = lambda item: (np.float32(item[1]), item[0].encode())
    return {q: dict(sorted(docs.items(), key=order, reverse=True)[:depth]) for q, docs in run.items()}


def expect(name, qrels, run, measures=MEASURES):
    rows = [(m.query_id, re.sub(r"\(.*\)", "", str(m.measure)), m.value) for m in ir_measures.iter_calc(measures, qrels, run)]
    if measures is MEASURES:
        rows += [(m.query_id, "RR@10", m.value) for m in ir_measures.iter_calc([ir_measures.RR], qrels, cut(run, 10))]
        for depth in (3, 10):
            # Queries without results are missing in it.
            values = dict.fromkeys(qrels, 0.0)
            values |= {m.query_id: m.value for m in ir_measures.iter_calc([ir_measures.Judged @ depth], qrels, cut(run, depth))}
            rows += [(query, f"Judged@{depth}", value) for query, value in values.items()]
    judged = {(q, m) for q, m, _ in rows}
    assert {q for q, _ in judged} == set(qrels), "ir_measures fills in judged queries without results"
    means = collections.defaultdict(list)
    with open(HERE / f"{name}.expected.tsv", "w", encoding="utf-8") as file:
        for query, measure, value in sorted(rows):
            base, _, depth = measure.partition("@")
            measure = OURS.get(base, base) + ("@" + depth if depth else "")
            means[measure].append(value)
            if name.startswith("random"):
                print(query, measure, f"{value:.12f}", sep="\t", file=file)
        for measure, values in sorted(means.items()):
            assert len(values) == len(qrels)
            print("all", measure, f"{sum(values) / len(values):.12f}", sep="\t", file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=pathlib.Path, default=HERE.parents[2] / "Examples" / "packages")
    arguments = parser.parse_args()
    random.seed(7)
    qrels, run = collections.defaultdict(dict), collections.defaultdict(dict)
    names = [f"d{i}" for i in range(60)] + ["Ä1", "ä1", "D1", "zz", "d-1", "漢1", "é", "🂡"]
    for number in range(60):
        query = f"q{number}"
        if number % 10 != 9:  # otherwise unjudged
            for document in random.sample(names, random.choice([1, 2, 5, 20, 40])):
                qrels[query][document] = random.choice([-1, 0, 0, 0, 1, 1, 2, 3])
        if number % 12 != 11:  # otherwise without results
            for document in random.sample(names, random.choice([1, 3, 9, 30, 60])):
                # Few distinct scores, some of which differ only beyond the 32-bit floats in which trec_eval compares.
                run[query][document] = random.choice([1.0, 2.0, 2.0 + 1e-9, -3.5, 7.25, random.random(), 1e-20, 0.0])
    with open(HERE / "random.qrels", "w", encoding="utf-8") as file:
        for query, grades in qrels.items():
            for document, grade in grades.items():
                print(query, 0, document, grade, file=file)
    with open(HERE / "random.run", "w", encoding="utf-8") as file:
        for query, documents in run.items():
            for document, score in documents.items():
                print(query, "Q0", document, 1, repr(score), "random", file=file)
    expect("random", dict(qrels), dict(run))
    expect("random.level2", dict(qrels), dict(run), LEVEL2)
    expect("random.judged", dict(qrels), dict(run), JUDGED_ONLY)
    expect("packages", read(arguments.packages / "qrels" / "test.tsv", int), read(arguments.packages / "bm25.run", float))


main()
