"""Vector search beside hnswlib, faiss-cpu and usearch: the part of retrieval_peers.py for it.

A folder has base.npy and queries.npy (float32, unit vectors; inner product), by peers/vectors/make_vectors.py. Graphs have equal parameters, and are built by a
process each, on one thread. Each engine searches in a process of its own, held to one CPU, in turns. Peers get all queries in one call; Needletail answers
one after another. Recall@10 is against the exact neighbours. Called by itself, this file is such a process: `build NAME FOLDER` or
`serve NAME FOLDER QUERIES`.
"""
import json
import os
import statistics
import sys
import time

import numpy as np

from peers.processes import Peer, once

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.environ.get("VECTOR_BENCHMARKS", os.path.join(HERE, ".build", "release", "VectorBenchmarks"))
K, M, EF_CONSTRUCTION = 10, 16, 100
ENGINES = ("needletail", "hnswlib", "faiss", "faiss-sq8", "usearch-f32", "usearch-i8")
SHARES = (1, 10, 50)


class Library:
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


def recall(found, truth):
    return sum(len(set(f.tolist()) & set(t.tolist())) for f, t in zip(found, truth)) / truth.size


def serve(name, folder, count):
    """Answers each line "WIDTH SHARE METHOD" on standard input with a line of JSON: the graph, or with METHOD "exact" a flat index of faiss.

    METHOD "exact-batch": all queries in one call, not one after another.
    """
    queries = np.load(os.path.join(folder, "queries.npy"))[:count]
    library = Library(name, folder)
    if name == "faiss-flat":
        import faiss
        faiss.omp_set_num_threads(1)
        library.index = faiss.IndexFlatIP(queries.shape[1])
        library.index.add(np.load(os.path.join(folder, "base.npy")))
    else:
        library.load(queries.shape[1])
    for line in sys.stdin:
        width, share, method = line.split()
        truth = np.load(os.path.join(folder, f"truth{share if share != '0' else ''}.npy"))[:count, :K]
        bits = np.fromfile(os.path.join(folder, f"allowed{share}.bits"), dtype=np.uint8) if share != "0" else None
        start, used = time.perf_counter(), time.process_time()
        if method == "exact":
            found = np.concatenate([library.index.search(queries[i:i + 1], K)[1] for i in range(len(queries))])
        elif method == "exact-batch":
            found = library.index.search(queries, K)[1]
        else:
            found = library.search(queries, int(width), bits)
        took, used = time.perf_counter() - start, time.process_time() - used
        print(json.dumps({"us": took * 1e6 / len(queries), "cpu_us": used * 1e6 / len(queries), "recall": recall(found, truth)}), flush=True)


def truth(folder):
    """Writes the exact neighbours, of all vectors and of those that filters leave."""
    if os.path.exists(os.path.join(folder, f"truth{SHARES[-1]}.npy")):
        return
    import faiss
    base, queries = (np.load(os.path.join(folder, name + ".npy")) for name in ("base", "queries"))
    generator = np.random.default_rng(1)
    for share in (0,) + SHARES:
        ids = np.flatnonzero(generator.random(len(base)) < share / 100) if share else np.arange(len(base))
        if share:
            kept = np.zeros(len(base), bool)
            kept[ids] = True
            np.packbits(kept, bitorder="little").tofile(os.path.join(folder, f"allowed{share}.bits"))
        flat = faiss.IndexFlatIP(base.shape[1])
        flat.add(base[ids])
        found = flat.search(queries, K)[1]
        np.save(os.path.join(folder, f"truth{share or ''}.npy"), ids[found].astype(np.int32))


def build(folder, engines):
    """Makes what is not there; what each graph took."""
    truth(folder)
    took = {}
    for name in engines:
        path = os.path.join(folder, name + ".index")
        if name == "needletail":
            took[name] = once(path, OURS, "build", os.path.join(folder, "base.npy"), path, "--m", str(M), "--ef-construction", str(EF_CONSTRUCTION))
        else:
            took[name] = once(path, sys.executable, os.path.abspath(__file__), "build", name, folder)
    return took


def measure(folder, parts, engines, widths, rounds, queries):
    """The rows of a table: microseconds a query (medians of the rounds), recall@10.

    Args:
      parts: "graph", "filters", "scan".
      widths: of the graph's candidates; filters are measured with the one nearest to 100.
      queries: how many, at most; a tenth of them for scans.
    """
    def ours(count):
        return Peer(OURS, "serve", folder, "needletail.index", "--queries", str(count))

    def theirs(name, count):
        return Peer(sys.executable, os.path.abspath(__file__), "serve", name, folder, str(count))

    ways = []
    if "graph" in parts or "filters" in parts:
        peers = {name: ours(queries) if name == "needletail" else theirs(name, queries) for name in engines}
        if "graph" in parts:
            ways += [(name, "graph", width, 0, peer, f"{width} 0 graph") for width in widths for name, peer in peers.items()]
        if "filters" in parts:
            width = min(widths, key=lambda w: abs(w - 100))
            for share in (0,) + SHARES:
                for name, peer in peers.items():
                    # hnswlib's filter calls Python for each candidate; usearch has none.
                    if name == "needletail" or name.startswith("faiss"):
                        ways.append((name, "filter", width, share, peer, f"{width} {share} automatic"))
    if "scan" in parts:
        few = max(1, queries // 10)
        flat = theirs("faiss-flat", few)
        ways.append(("needletail, one at a time", "scan", 0, 0, ours(few), "10 0 exact"))
        ways.append(("faiss flat, one at a time", "scan", 0, 0, flat, "10 0 exact"))
        ways.append(("faiss flat, all at once", "scan", 0, 0, flat, "10 0 exact-batch"))
    answers = {}
    for number in range(rounds + 1):
        for way in ways:
            answer = way[4].ask(way[5])
            # The first round warms caches.
            if number > 0:
                answers.setdefault(way, []).append(answer)
    rows = []
    for way in ways:
        name, kind, width, share, peer, _ = way
        rows.append({"engine": name, "kind": kind, "width": width, "share": share, "us": statistics.median(a["us"] for a in answers[way]),
                     "cpu_us": statistics.median(a["cpu_us"] for a in answers[way]), "rounds_us": [a["us"] for a in answers[way]],
                     "recall": answers[way][-1]["recall"], "memory": peer.memory()})
    for peer in {way[4] for way in ways}:
        peer.end()
    return rows


if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if sys.argv[1] == "build":
        Library(sys.argv[2], sys.argv[3]).build(np.load(os.path.join(sys.argv[3], "base.npy")))
    else:
        serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
