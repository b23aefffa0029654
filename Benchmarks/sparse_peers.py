"""Learned-sparse search beside Lucene's FeatureField, a block-max MaxScore and pyseismic-lsr: the part of retrieval_peers.py for it.

A folder of vectors comes from peers/sparse/make_vectors.py. Indexes are made in it once and used again when they are there; each engine searches in a
process of its own on one thread, in turns. Recall is against the exhaustive result; exact scores are compared with Lucene's, to the bit.
"""
import os
import statistics
import sys

from peers.processes import Peer, once

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.environ.get("SPARSE_BENCHMARKS", os.path.join(HERE, ".build", "release", "SparseBenchmarks"))
SEISMIC = os.path.join(HERE, "peers", "sparse", "seismic_peer.py")
# heap_factor: a higher one finds more here, and less with pyseismic-lsr.
OWN_SETTINGS = ((3, 1.0), (3, 1.3), (4, 1.3), (5, 1.3), (8, 1.3), (10, 1.0), (10, 1.6), (15, 2.0))
SEISMIC_SETTINGS = ((3, 0.9), (3, 0.8), (4, 0.9), (4, 0.8), (5, 0.9), (5, 0.8), (8, 0.8), (10, 0.8), (10, 0.7))


def java():
    return ["java", "-Xmx3g", "-XX:+UseSerialGC", "-cp", os.environ["SPARSE_CLASSES"] + ":" + os.environ["LUCENE_JAR"], "SparsePeer"]


def recall(hits, right):
    found = wanted = 0
    for mine, best in zip(hits, right):
        # Documents as good as the tenth count as found.
        least = best[-1][1] if best else 0
        scores = {document: score for document, score in best}
        found += sum(1 for document, score in mine if document in scores or score >= least * (1 + 1e-6))
        wanted += len(best)
    return min(found, wanted) / max(1, wanted)


def build(folder, own_lists, seismic_lists, engines):
    """Makes what is not there; what each index took."""
    took = {}
    if "needletail" in engines:
        took["Needletail, exact only"] = once(os.path.join(folder, "field"), OURS, "build", folder, os.path.join(folder, "field"))
        for length in own_lists:
            path = os.path.join(folder, f"field-{length}")
            took[f"Needletail, lists of {length}"] = once(path, OURS, "build", folder, path, str(length), "0.1", "0.4", "1")
    if "lucene" in engines:
        path = os.path.join(folder, "lucene")
        took["Lucene FeatureField"] = once(path, *java(), "index", folder, path)
    if "seismic" in engines:
        os.environ["RAYON_NUM_THREADS"] = "1"
        for length in seismic_lists:
            path = os.path.join(folder, f"seismic-{length}")
            took[f"pyseismic, lists of {length}"] = once(path, sys.executable, SEISMIC, "build", folder, path, str(length))
    return took


def measure(folder, parts, own_lists, seismic_lists, engines, rounds, queries):
    """The rows of a table: milliseconds a query (medians of the rounds) and recall@10.

    Args:
      parts: "exact", "approximate".
      queries: how many, at most.
    """
    ours = {length: Peer(OURS, "serve", folder, os.path.join(folder, f"field-{length}"), str(queries)) for length in own_lists}
    first = Peer(OURS, "serve", folder, os.path.join(folder, "field"), str(queries))
    right = first.ask("exact 10")["hits"]
    ways = []
    if "exact" in parts:
        ways.append(("Needletail", "", "exact", first, "exact 10"))
        if "maxscore" in engines:
            ways.append(("block-max MaxScore", "", "exact", Peer(OURS, "serve", folder, os.path.join(folder, "field"), str(queries)), "maxscore 10"))
        if "lucene" in engines:
            ways.append(("Lucene FeatureField", "", "exact", Peer(*java(), "serve", folder, os.path.join(folder, "lucene"), str(queries)), "exact 10"))
    if "approximate" in parts:
        for length, peer in ours.items():
            for cut, factor in OWN_SETTINGS:
                ways.append(("Needletail", f"lists {length}, top_n {cut}, heap_factor {factor}", "approximate", peer, f"approximate 10 {cut} {factor}"))
        for length in seismic_lists if "seismic" in engines else ():
            peer = Peer(sys.executable, SEISMIC, "serve", folder, os.path.join(folder, f"seismic-{length}"), str(queries))
            for cut, factor in SEISMIC_SETTINGS:
                ways.append(("pyseismic", f"lists {length}, query_cut {cut}, heap_factor {factor}", "approximate", peer, f"approximate 10 {cut} {factor}"))
    times, hits = {}, {}
    for number in range(rounds + 1):
        for way in ways:
            reply = way[3].ask(way[4])
            # The first round warms caches and, in Java, the compiler.
            if number > 0:
                times.setdefault(way, []).append(reply["nanoseconds"])
            hits[way] = reply["hits"]
    rows = []
    for way in ways:
        engine, setting, kind, peer, _ = way
        means = [statistics.fmean(nanoseconds) / 1e6 for nanoseconds in times[way]]
        each = sorted(statistics.median(values) / 1e6 for values in zip(*times[way]))
        row = {"engine": engine, "setting": setting, "kind": kind, "queries": len(each), "ms": statistics.median(means), "rounds_ms": means,
               "recall": recall(hits[way], right), "memory": peer.memory()}
        if engine != "pyseismic":
            row.update(p50=statistics.median(each), p99=each[int(0.99 * len(each))])
        if engine == "Lucene FeatureField":
            row["equal"] = hits[way] == right
        rows.append(row)
    for peer in {way[3] for way in ways} | set(ours.values()) | {first}:
        peer.end()
    return rows
