"""pyseismic-lsr as a peer.

    seismic_peer.py build VECTORS INDEX n_postings
    seismic_peer.py serve VECTORS INDEX QUERIES    answers "approximate K query_cut heap_factor" with JSON

Times are those of a whole round on one thread inside the library, divided by its queries: calls from Python are not counted.
"""
import json
import os
import struct
import sys
import time

import seismic


def first(path, count, target):
    """Writes the first queries of a file to another; the whole file where there are no more."""
    with open(path, "rb") as file, open(target, "wb") as output:
        count = min(count, struct.unpack("<I", file.read(4))[0])
        output.write(struct.pack("<I", count))
        for _ in range(count):
            head = file.read(4)
            output.write(head + file.read(8 * struct.unpack("<I", head)[0]))
    return target


def main():
    what, vectors, index, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    if what == "build":
        seismic.SeismicIndexRaw.build(os.path.join(vectors, "documents.bin"), n_postings=number).save(index)
        return
    loaded = seismic.SeismicIndexRaw.load(index)
    queries = first(os.path.join(vectors, "queries.bin"), number, index + ".queries")
    for line in sys.stdin:
        _, k, cut, factor = line.split()
        start = time.perf_counter_ns()
        results = loaded.batch_search(queries, k=int(k), query_cut=int(cut), heap_factor=float(factor), n_knn=0, sorted=True, num_threads=1)
        each = (time.perf_counter_ns() - start) // max(1, len(results))
        hits = [[[document, score] for score, document in found] for found in results]
        print(json.dumps({"nanoseconds": [each] * len(results), "hits": hits}), flush=True)


if __name__ == "__main__":
    main()
