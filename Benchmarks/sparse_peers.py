#!/usr/bin/env python3
"""Measures learned-sparse search beside Lucene's FeatureField, a block-max MaxScore and pyseismic-lsr, in turns, one thread each.

    python3 Benchmarks/sparse_peers.py VECTORS [--rounds 5] [--work FOLDER] [--n-postings N] [--own-n-postings N] [--json FILE]

VECTORS comes from peers/sparse/make_vectors.py. PEER_PYTHON names a python3 with pyseismic-lsr and numpy (this one unless set); LUCENE_JAR the jar
(peers/search/lucene/lucene says where it comes from); a JDK, 17 or newer, is needed. Indexes are made in the work folder once, and used again when they are
there. Printed for each way of searching: milliseconds a query (mean, median, 99th percentile: of the rounds, the least for each query), recall@10 against the
exhaustive result, size of the index. Exact scores are compared with Lucene's, to the bit.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.environ.get("SPARSE_BENCHMARKS", os.path.join(HERE, ".build", "release", "SparseBenchmarks"))
JAVA = os.path.join(HERE, "peers", "sparse", "lucene")
SEISMIC = os.path.join(HERE, "peers", "sparse", "seismic_peer.py")


class Peer:
    """A process that answers a line with a line of JSON."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        sys.exit(f"{self.process.args[0]} ended at '{request}'")


def recall(hits, right):
    found = wanted = 0
    for mine, best in zip(hits, right):
        # Documents as good as the tenth count as found.
        least = best[-1][1] if best else 0
        scores = {document: score for document, score in best}
        found += sum(1 for document, score in mine if document in scores or score >= least * (1 + 1e-6))
        wanted += len(best)
    return min(found, wanted) / max(1, wanted)


def once(path, *command):
    if not os.path.exists(path):
        print("building", path, file=sys.stderr)
        reply = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        with open(path + ".json", "w", encoding="utf-8") as file:
            file.write(reply.strip().splitlines()[-1])
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("vectors")
    parser.add_argument("--work")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n-postings", type=int, default=1500)
    parser.add_argument("--own-n-postings", type=int, help="ours, where other than pyseismic-lsr's, whose lists share one budget")
    parser.add_argument("--json")
    parser.add_argument("--without", default="", help="engines to leave out: lucene,maxscore,seismic")
    options = parser.parse_args()
    work, without = options.work or options.vectors, options.without.split(",")
    java = ["java", "-Xmx3g", "-XX:+UseSerialGC", "-cp",
            os.environ.get("SPARSE_CLASSES", JAVA) + ":" + os.environ.get("LUCENE_JAR", ""), "SparsePeer"]
    python = os.environ.get("PEER_PYTHON", sys.executable)
    own = options.own_n_postings or options.n_postings
    field = once(os.path.join(work, f"field-{own}"), OURS, "build", options.vectors, os.path.join(work, f"field-{own}"), str(own), "0.1", "0.4", "2")
    ours = Peer(OURS, "serve", options.vectors, field)
    ways = [("Needletail exact", ours, "exact 10")]
    if "lucene" not in without:
        folder = once(os.path.join(work, "lucene"), *java, "index", options.vectors, os.path.join(work, "lucene"))
        ways.append(("Lucene FeatureField", Peer(*java, "serve", options.vectors, folder), "exact 10"))
    if "maxscore" not in without:
        ways.append(("block-max MaxScore", ours, "maxscore 10"))
    # heap_factor: a higher one finds more here, and less with pyseismic-lsr.
    for cut, factor in [(5, 1.0), (5, 1.3), (8, 1.0), (8, 1.3), (10, 1.0), (10, 1.3), (10, 1.6), (15, 1.6)]:
        ways.append((f"Needletail top_n {cut} heap_factor {factor}", ours, f"approximate 10 {cut} {factor}"))
    if "seismic" not in without:
        peer = Peer(python, SEISMIC, options.vectors, os.path.join(work, f"seismic-{options.n_postings}"), str(options.n_postings))
        for cut, factor in [(3, 1.0), (3, 0.8), (5, 1.0), (5, 0.9), (5, 0.8), (8, 1.0), (8, 0.8)]:
            ways.append((f"pyseismic query_cut {cut} heap_factor {factor}", peer, f"approximate 10 {cut} {factor}"))
    times, hits = {}, {}
    for _ in range(options.rounds):
        for name, peer, request in ways:
            reply = peer.ask(request)
            times.setdefault(name, []).append(reply["nanoseconds"])
            hits[name] = reply["hits"]
    right = hits["Needletail exact"]
    if "Lucene FeatureField" in hits:
        print("exact hits equal Lucene's:", hits["Lucene FeatureField"] == right)
    rows = []
    print(f"{'':44}{'mean ms':>9}{'p50':>9}{'p99':>9}{'recall@10':>11}")
    for name, rounds in times.items():
        least = [min(values) / 1e6 for values in zip(*rounds)]
        row = {"name": name, "mean": statistics.fmean(least), "p50": statistics.median(least),
               "p99": sorted(least)[int(0.99 * len(least))], "recall": recall(hits[name], right)}
        rows.append(row)
        print(f"{name:44}{row['mean']:9.3f}{row['p50']:9.3f}{row['p99']:9.3f}{row['recall']:11.4f}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
