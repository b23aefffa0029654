#!/usr/bin/env python3
"""Measures vector search beside hnswlib, faiss-cpu and usearch: build, memory, recall and queries a second, filters, exact scans.

    peers/vectors/make_vectors.py sentences.txt FOLDER    real embeddings, once
    vectors_peers.py truth FOLDER                         the true neighbours
    vectors_peers.py build FOLDER [--engines ...]         graphs with equal parameters, each by a process of its own, one thread
    vectors_peers.py search FOLDER [--rounds 3]           queries/s at growing widths, engines in turns
    vectors_peers.py exact FOLDER                         exact scans: one query at a time, and all at once
    vectors_peers.py report FOLDER                        the tables

FOLDER has base.npy and queries.npy (float32, unit vectors; inner product). Needs: pip install hnswlib faiss-cpu usearch numpy.

One thread, held to one CPU. Peers get all queries in one call; Needletail answers one after another. Queries/s is the best round's.
Recall@10 is against the exact neighbours. Memory is what a process has on its own after loading an index, without the queries, and
for Needletail what it has mapped and touched while searching.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
K, M, EF_CONSTRUCTION = 10, 16, 100
ENGINES = ("needletail", "hnswlib", "faiss", "faiss-sq8", "usearch-f32", "usearch-i8")
WIDTHS = (10, 16, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 280, 400)


class Peer:
    """One library's graph, and how it is built, kept and searched."""

    def __init__(self, name, folder):
        self.name, self.path = name, os.path.join(folder, name + ".index")

    def build(self, base):
        if self.name == "hnswlib":
            import hnswlib
            self.index = hnswlib.Index(space="ip", dim=base.shape[1])
            self.index.init_index(max_elements=len(base), M=M, ef_construction=EF_CONSTRUCTION)
            self.index.add_items(base, num_threads=1)
            self.index.save_index(self.path)
        elif self.name.startswith("faiss"):
            import faiss
            faiss.omp_set_num_threads(1)
            ip = faiss.METRIC_INNER_PRODUCT
            if self.name == "faiss":
                self.index = faiss.IndexHNSWFlat(base.shape[1], M, ip)
            else:
                self.index = faiss.IndexHNSWSQ(base.shape[1], faiss.ScalarQuantizer.QT_8bit, M, ip)
                self.index.train(base)
            self.index.hnsw.efConstruction = EF_CONSTRUCTION
            self.index.add(base)
            faiss.write_index(self.index, self.path)
        else:
            from usearch.index import Index
            self.index = Index(ndim=base.shape[1], metric="ip", dtype=self.name.split("-")[1], connectivity=M,
                               expansion_add=EF_CONSTRUCTION)
            self.index.add(np.arange(len(base)), base, threads=1)
            self.index.save(self.path)

    def load(self, dimension):
        if self.name == "hnswlib":
            import hnswlib
            self.index = hnswlib.Index(space="ip", dim=dimension)
            self.index.load_index(self.path)
        elif self.name.startswith("faiss"):
            import faiss
            faiss.omp_set_num_threads(1)
            self.index = faiss.read_index(self.path)
        else:
            from usearch.index import Index
            self.index = Index.restore(self.path)

    def search(self, queries, width, bits=None):
        if self.name == "hnswlib":
            self.index.set_ef(max(width, K))
            return self.index.knn_query(queries, k=K, num_threads=1)[0]
        if self.name.startswith("faiss"):
            import faiss
            if bits is None:
                self.index.hnsw.efSearch = width
                return self.index.search(queries, K)[1]
            parameters = faiss.SearchParametersHNSW(sel=faiss.IDSelectorBitmap(bits), efSearch=width)
            return self.index.search(queries, K, params=parameters)[1]
        self.index.expansion_search = width
        return self.index.search(queries, K, threads=1).keys


def resident():
    fields = dict(line.split(":") for line in open("/proc/self/status") if line.startswith("Rss"))
    return int(fields["RssAnon"].split()[0]) * 1024


def recall(found, truth):
    return sum(len(set(f.tolist()) & set(t.tolist())) for f, t in zip(found, truth)) / truth.size


def serve(name, folder):
    """Child: loads an index; answers each line "WIDTH SHARE ROUNDS" on standard input with a line of JSON."""
    queries = np.load(os.path.join(folder, "queries.npy"))
    peer = Peer(name, folder)
    before = resident()
    peer.load(queries.shape[1])
    memory = resident() - before
    for line in sys.stdin:
        width, share, rounds = map(int, line.split())
        truth = np.load(os.path.join(folder, f"truth{share or ''}.npy"))[:, :K]
        bits = np.fromfile(os.path.join(folder, f"allowed{share}.bits"), dtype=np.uint8) if share else None
        best, used = 1e9, time.process_time()
        for _ in range(rounds):
            start = time.perf_counter()
            found = peer.search(queries, width, bits)
            best = min(best, time.perf_counter() - start)
        used = (time.process_time() - used) / rounds / len(queries)
        print(json.dumps({"qps": len(queries) / best, "cpu_us": used * 1e6, "recall": recall(found, truth), "memory": memory}), flush=True)


def needletail(folder, width, share, rounds, method="graph", program=None):
    command = [program, "search", os.path.join(folder, "needletail.index"), os.path.join(folder, "queries.npy"),
               os.path.join(folder, f"truth{share or ''}.npy"), "--ef", str(width), "--rounds", str(rounds), "--method", method]
    if share:
        command += ["--allowed", os.path.join(folder, f"allowed{share}.bits")]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    answer["memory"] = answer["rss_anonymous"] + answer["rss_file"]
    return answer


def record(folder, entry):
    with open(os.path.join(folder, "results.jsonl"), "a") as file:
        file.write(json.dumps(entry) + "\n")
    print(entry, flush=True)


def truth(folder):
    import faiss
    base, queries = (np.load(os.path.join(folder, name + ".npy")) for name in ("base", "queries"))
    generator = np.random.default_rng(1)
    for share in (0, 1, 10, 50):
        ids = np.flatnonzero(generator.random(len(base)) < share / 100) if share else np.arange(len(base))
        if share:
            kept = np.zeros(len(base), bool)
            kept[ids] = True
            np.packbits(kept, bitorder="little").tofile(os.path.join(folder, f"allowed{share}.bits"))
        flat = faiss.IndexFlatIP(base.shape[1])
        flat.add(base[ids])
        found = flat.search(queries, 100)[1]
        np.save(os.path.join(folder, f"truth{share or ''}.npy"), ids[found].astype(np.int32))


def build(folder, engines, program):
    for name in engines:
        if name == "needletail":
            answer = json.loads(subprocess.run(
                [program, "build", os.path.join(folder, "base.npy"), os.path.join(folder, "needletail.index"), "--m", str(M),
                 "--ef-construction", str(EF_CONSTRUCTION)], check=True, capture_output=True, text=True).stdout)
            record(folder, {"what": "build", "engine": name, "seconds": answer["build_s"], "cpu": answer["cpu_s"]})
            continue
        base = np.load(os.path.join(folder, "base.npy"))
        peer = Peer(name, folder)
        start, used = time.perf_counter(), time.process_time()
        peer.build(base)
        record(folder, {"what": "build", "engine": name, "seconds": time.perf_counter() - start, "cpu": time.process_time() - used})


def search(folder, engines, widths, shares, rounds, program):
    children = {}
    for name in engines:
        if name != "needletail":
            children[name] = subprocess.Popen(
                [sys.executable, os.path.abspath(__file__), "serve", folder, "--engines", name], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
    for share in shares:
        for width in widths:
            for name in engines:
                if name == "needletail":
                    answer = needletail(folder, width, share, rounds, "automatic" if share else "graph", program)
                elif share and not name.startswith("faiss"):
                    continue  # no filter, or one that calls Python for each candidate
                else:
                    children[name].stdin.write(f"{width} {share} {rounds}\n")
                    children[name].stdin.flush()
                    answer = json.loads(children[name].stdout.readline())
                record(folder, {"what": "search", "engine": name, "width": width, "share": share, **answer})
    for child in children.values():
        child.stdin.close()
        child.wait()


def exact(folder, program, count=200):
    import faiss
    faiss.omp_set_num_threads(1)
    base, queries = (np.load(os.path.join(folder, name + ".npy")) for name in ("base", "queries"))
    flat = faiss.IndexFlatIP(base.shape[1])
    flat.add(base)
    np.save(os.path.join(folder, "few.npy"), queries[:count])
    for _ in range(3):
        start = time.perf_counter()
        for i in range(count):
            flat.search(queries[i:i + 1], K)
        record(folder, {"what": "exact", "engine": "faiss, one at a time", "qps": count / (time.perf_counter() - start)})
        start = time.perf_counter()
        flat.search(queries[:count], K)
        record(folder, {"what": "exact", "engine": "faiss, all at once", "qps": count / (time.perf_counter() - start)})
        command = [program, "search", os.path.join(folder, "needletail.index"), os.path.join(folder, "few.npy"),
                   os.path.join(folder, "truth.npy"), "--rounds", "1", "--method", "exact"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        record(folder, {"what": "exact", "engine": "needletail, one at a time", **answer})


def report(folder):
    entries = [json.loads(line) for line in open(os.path.join(folder, "results.jsonl"))]
    print("| engine | build s | MB | queries/s at recall >= 0.95 | at >= 0.99 |\n|---|---|---|---|---|")
    for name in ENGINES:
        seconds = [e["seconds"] for e in entries if e["what"] == "build" and e["engine"] == name]
        runs = [e for e in entries if e["what"] == "search" and e["engine"] == name and not e["share"]]
        if not runs:
            continue
        cells = []
        for wanted in (0.95, 0.99):
            good = [e for e in runs if e["recall"] >= wanted]
            best = max(good, key=lambda e: e["qps"]) if good else None
            cells.append(f"{best['qps']:.0f} (ef {best['width']}, {best['recall']:.4f})" if best else f"never; {max(e['recall'] for e in runs):.4f}")
        memory = max(e["memory"] for e in runs) / 1e6
        print(f"| {name} | {min(seconds, default=0):.1f} | {memory:.0f} | {cells[0]} | {cells[1]} |")
    for e in entries:
        if e["what"] == "search" and e["share"]:
            print(f"filter {e['share']} %: {e['engine']}, ef {e['width']}: {e['qps']:.0f} queries/s, recall {e['recall']:.4f}")
    for name in sorted({e["engine"] for e in entries if e["what"] == "exact"}):
        best = max((e for e in entries if e["what"] == "exact" and e["engine"] == name), key=lambda e: e["qps"])
        print(f"exact: {name}: {best['qps']:.0f} queries/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("truth", "build", "search", "exact", "report", "serve"))
    parser.add_argument("folder")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    parser.add_argument("--shares", default="0", help="percent of vectors that a filter leaves; 0: no filter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--needletail", default=os.path.join(HERE, ".build", "release", "VectorBenchmarks"))
    given = parser.parse_args()
    engines = given.engines.split(",")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if given.step == "truth":
        truth(given.folder)
    elif given.step == "build":
        build(given.folder, engines, given.needletail)
    elif given.step == "search":
        numbers = [[int(x) for x in text.split(",")] for text in (given.widths, given.shares)]
        search(given.folder, engines, *numbers, given.rounds, given.needletail)
    elif given.step == "exact":
        exact(given.folder, given.needletail)
    elif given.step == "report":
        report(given.folder)
    else:
        serve(engines[0], given.folder)


if __name__ == "__main__":
    main()
