#!/usr/bin/env python3
"""Compares the hits of a running Needletail, over OpenSearch's API, with Lucene's: top 100, scores, totals. Standard library only.

    needletail serve --data DIR --port 9200 --insecure &
    python3 Benchmarks/search_lucene.py http://127.0.0.1:9200 FOLDER [FOLDER ...] [--split test] [--json FILE]
    python3 Benchmarks/search_lucene.py --dry FOLDER        # without a server: Lucene's own hits, right and spoilt ones, stand in

A FOLDER is a collection in BEIR's layout. From each judged query come twelve: match, match with `and`, with minimum_should_match, multi_match
over title and text, a phrase of two words, one with slop, a phrase with a prefix, bool, prefix, fuzzy, match with fuzziness. Documents have the fields title,
text, and `all`, both joined (what BEIR's baselines search). Equal: as many matches, and the same best 100 documents with scores within
1e-4 relative; hits of equal score may come in any order.

Also printed: nDCG@10 of match over `all` for both; --runs writes these lists as TREC runs, for `needletail eval FOLDER --run FILE --no-rerank`
and `--compare`. Exit status 1 when anything differs.
"""
import argparse
import gzip
import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from peers.hits import different

HERE = os.path.dirname(os.path.abspath(__file__))
LUCENE = os.path.join(HERE, "peers", "search", "lucene", "lucene")
WORD = re.compile(r"[^\W_]+")
LIMIT = 100
FIELDS = ["title^2", "text"]
MAPPINGS = {"properties": {name: {"type": "text"} for name in ("title", "text", "all")}}


def lines(folder, name):
    path = os.path.join(folder, name)
    opened = open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8")
    with opened as file:
        yield from (json.loads(line) for line in file if line.strip())


def judgements(folder, split):
    grades = {}
    with open(os.path.join(folder, "qrels", split + ".tsv"), encoding="utf-8") as file:
        for line in list(file)[1:]:
            query, document, grade = line.rstrip("\n").split("\t")
            grades.setdefault(query, {})[document] = int(grade)
    return grades


def misspelt(word):
    middle = len(word) // 2
    return word[:middle - 1] + word[middle] + word[middle - 1] + word[middle + 1:] if len(word) > 3 else word + "e"


def allowed(word):
    """The edits of fuzziness AUTO."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        diagonal, row[0] = row[0], i + 1
        for j, y in enumerate(b):
            diagonal, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, diagonal + (x != y))
    return row[-1]


def queries_of(text):
    """The queries that are made of one, by kind."""
    words = WORD.findall(text) or [text]
    longest = max(words, key=len)
    begin = min(words.index(longest), max(0, len(words) - 2))
    pair = " ".join(words[begin:begin + 2])
    yield "match", {"match": {"text": text}}
    yield "match all", {"match": {"all": text}}
    yield "match and", {"match": {"all": {"query": " ".join(words[:3]), "operator": "and"}}}
    yield "match minimum", {"match": {"text": {"query": text, "minimum_should_match": "2<60%"}}}
    yield "multi_match", {"multi_match": {"query": text, "fields": FIELDS}}
    yield "phrase", {"match_phrase": {"text": pair}}
    yield "phrase slop", {"match_phrase": {"text": {"query": " ".join(words[:3]), "slop": 5}}}
    yield "phrase prefix", {"match_phrase_prefix": {"text": pair[:-2] if len(pair.split()[-1]) > 3 else pair}}
    yield "bool", {"bool": {
        "must": [{"match": {"all": longest}}], "should": [{"match": {"text": text}}, {"match_phrase": {"text": pair}}],
        "filter": [{"match": {"all": {"query": text, "minimum_should_match": 1}}}], "must_not": [{"match": {"text": "however although"}}]}}
    yield "prefix", {"bool": {"must": [{"prefix": {"all": longest.lower()[:4]}}], "should": [{"match": {"text": text}}]}}
    yield "fuzzy", {"fuzzy": {"all": misspelt(longest.lower())}}
    # Not two words that find a common term: for that one Lucene takes the statistics of either, by a hash that is seeded by the clock.
    wrong = misspelt(longest).lower()
    other = next((w for w in words if edits(wrong, w.lower()) > allowed(wrong) + allowed(w)), "")
    yield "match fuzzy", {"match": {"text": {"query": f"{misspelt(longest)} {other}".strip(), "fuzziness": "AUTO"}}}


class Server:
    """A client of OpenSearch's API."""

    def __init__(self, address):
        self.address = address.rstrip("/")

    def call(self, method, path, body=None, kind="application/json"):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=600) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read()[:600].decode('utf-8', 'replace')}")
        except urllib.error.URLError as error:
            sys.exit(f"{self.address}: {error.reason}. Is the server running?")

    def index(self, name, documents):
        request = urllib.request.Request(f"{self.address}/{name}", method="DELETE")
        try:
            urllib.request.urlopen(request).close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        self.call("PUT", f"/{name}", {"mappings": MAPPINGS, "settings": {"number_of_shards": 1, "number_of_replicas": 0}})
        batch = []
        for number, (identifier, source) in enumerate(documents):
            batch.append(json.dumps({"index": {"_id": identifier}}) + "\n" + json.dumps(source) + "\n")
            if len(batch) == 1000:
                self.bulk(name, batch)
                batch = []
        if batch:
            self.bulk(name, batch)
        self.call("POST", f"/{name}/_refresh")
        # Deleted documents would count in statistics; there are none, and the order of equal scores is free.

    def bulk(self, name, batch):
        reply = self.call("POST", f"/{name}/_bulk", "".join(batch).encode(), "application/x-ndjson")
        if reply["errors"]:
            sys.exit(f"_bulk: {next(i for i in reply['items'] if 'error' in next(iter(i.values())))}")

    def hits(self, name, queries):
        """[{"total", "hits"}] or {"error"} for each query."""
        found = []
        for begin in range(0, len(queries), 200):
            body = "".join(
                "{}\n" + json.dumps({"query": q["query"], "size": LIMIT, "_source": False, "track_total_hits": True}) + "\n"
                for q in queries[begin:begin + 200])
            for reply in self.call("POST", f"/{name}/_msearch", body.encode(), "application/x-ndjson")["responses"]:
                if "error" in reply:
                    found.append({"error": json.dumps(reply["error"])[:300]})
                else:
                    found.append({"total": reply["hits"]["total"]["value"],
                                  "hits": [[h["_id"], h["_score"]] for h in reply["hits"]["hits"]]})
        return found


class Dry:
    """Stands in for a server: gives Lucene's hits back, equal ones in another order, every seventh spoilt."""

    def __init__(self):
        self.expected = {}

    def index(self, name, documents):
        sum(1 for _ in documents)

    def hits(self, name, queries):
        found = []
        for number, query in enumerate(queries):
            result = self.expected[query["id"]]
            hits = sorted(([d, s * (1 + 3e-6)] for d, s in result["hits"]), key=lambda h: (-h[1], h[0]))
            if number % 7 == 3 and hits:
                hits[len(hits) // 2][1] *= 1.001
            found.append({"total": result["total"], "hits": hits})
        return found


def ndcg(hits, grades, cutoff=10):
    """trec_eval's: linear gain, equal scores (as 32-bit floats) by id, descending."""
    single = lambda value: struct.unpack("f", struct.pack("f", value))[0]
    ranked = sorted(hits, key=lambda h: (single(h[1]), h[0].encode()), reverse=True)
    gain = lambda values: sum(max(0, g) / math.log2(i + 2) for i, g in enumerate(values[:cutoff]))
    ideal = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(document, 0) for document, _ in ranked]) / ideal if ideal else 0


def lucene(folder, queries, work):
    index, asked, answered = (os.path.join(work, name) for name in ("index", "queries.jsonl", "hits.jsonl"))
    with open(asked, "w", encoding="utf-8") as file:
        for query in queries:
            file.write(json.dumps(query) + "\n")
    subprocess.run([LUCENE, "index", "--corpus", folder, "--index", index, "--combine", "all"], check=True)
    subprocess.run([LUCENE, "run", "--index", index, "--queries", asked, "--output", answered, "--limit", str(LIMIT)], check=True)
    with open(answered, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def documents(folder):
    for document in lines(folder, "corpus.jsonl"):
        title, text = document.get("title", ""), document["text"]
        yield document["_id"], {"title": title, "text": text, "all": (title + " " + text).strip()}


def write_run(path, name, lists):
    with open(path, "w", encoding="utf-8") as file:
        for query, hits in lists:
            for rank, (document, score) in enumerate(hits):
                print(query, "Q0", document, rank + 1, score, name, file=file)


def compare(server, folder, split, runs):
    """{kind: [queries, equal, hits, worst relative difference]}, faults, {engine: nDCG@10}."""
    name = os.path.basename(os.path.normpath(folder)).lower()
    grades = judgements(folder, split)
    queries, kinds = [], []
    for query in lines(folder, "queries.jsonl"):
        if query["_id"] in grades:
            for kind, body in queries_of(query["text"]):
                queries.append({"id": f"{query['_id']} {kind}", "query": body})
                kinds.append((kind, query["_id"]))
    with tempfile.TemporaryDirectory() as work:
        expected = lucene(folder, queries, work)
    if isinstance(server, Dry):
        server.expected = {e["id"]: e for e in expected}
    server.index(name, documents(folder))
    found = server.hits(name, queries)
    if runs:
        for engine, results in (("lucene", expected), ("needletail", found)):
            write_run(os.path.join(runs, f"{name}.{engine}.run"), engine,
                      [(query, r.get("hits", [])) for (kind, query), r in zip(kinds, results) if kind == "match all"])
    table, faults, gains = {}, [], {"Lucene": 0.0, "Needletail": 0.0}
    for query, (kind, original), wanted, got in zip(queries, kinds, expected, found, strict=True):
        row = table.setdefault(kind, [0, 0, 0, 0.0])
        row[0] += 1
        fault = got.get("error") or different(wanted, got, LIMIT, 1e-4)
        if fault:
            faults.append(f"{name}: {json.dumps(query['query'])}: {fault}")
        else:
            row[1] += 1
            row[2] += len(wanted["hits"])
            row[3] = max([row[3]] + [abs(a[1] - b[1]) / max(abs(a[1]), 1e-30) for a, b in zip(wanted["hits"], got["hits"])])
        if kind == "match all":
            gains["Lucene"] += ndcg(wanted["hits"], grades[original]) / len(grades)
            gains["Needletail"] += ndcg(got.get("hits", []), grades[original]) / len(grades)
    return name, table, faults, gains


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="[URL] FOLDER")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--split", default="test")
    parser.add_argument("--runs", metavar="DIR", help="write the hits of match over `all` there")
    parser.add_argument("--show", type=int, default=10, help="how many differences are printed")
    parser.add_argument("--json", help="writes all figures to this file")
    args = parser.parse_args()
    address, folders = (None, args.places) if args.dry else (args.places[0], args.places[1:])
    server = Dry() if args.dry else Server(address)
    results, faults = [], []
    for folder in folders:
        name, table, differences, gains = compare(server, folder, args.split, args.runs)
        results.append((name, table, gains))
        faults += differences
    kinds = list(dict.fromkeys(kind for _, table, _ in results for kind in table))
    print("| equal to Lucene / queries | " + " | ".join(name for name, _, _ in results) + " | hits compared | largest difference of a score |")
    print("|---|" + "---|" * (len(results) + 2))
    for kind in kinds:
        rows = [table[kind] for _, table, _ in results]
        print(f"| {kind} | " + " | ".join(f"{r[1]} / {r[0]}" for r in rows)
              + f" | {sum(r[2] for r in rows):,} | {max(r[3] for r in rows):.0e} |")
    print("| nDCG@10, match all: Lucene / Needletail | " + " | ".join(f"{g['Lucene']:.4f} / {g['Needletail']:.4f}" for _, _, g in results) + " | | |")
    for fault in faults[:args.show]:
        print(fault, file=sys.stderr)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"tables": {n: t for n, t, _ in results}, "ndcg": {n: g for n, _, g in results}, "faults": faults}, file, indent=1)
    if args.dry:
        total = sum(row[0] for _, table, _ in results for row in table.values())
        spoilt = len(faults)
        print(f"\ndry: {spoilt} of {total} differ, about a seventh has to")
        sys.exit(0 if 0 < spoilt <= total / 7 + len(results) else 1)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
