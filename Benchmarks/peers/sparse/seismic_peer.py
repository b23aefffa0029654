"""pyseismic-lsr as a peer: seismic_peer.py VECTORS INDEX n_postings; answers "approximate K query_cut heap_factor" with JSON.

Times are those of a whole round on one thread inside the library, divided by its queries: calls from Python are not counted.
"""
import json
import os
import sys
import time

import seismic


def main():
    vectors, index, postings = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if os.path.exists(index):
        loaded = seismic.SeismicIndexRaw.load(index)
    else:
        loaded = seismic.SeismicIndexRaw.build(os.path.join(vectors, "documents.bin"), n_postings=postings)
        loaded.save(index)
    for line in sys.stdin:
        _, k, cut, factor = line.split()
        start = time.perf_counter_ns()
        results = loaded.batch_search(
            os.path.join(vectors, "queries.bin"), k=int(k), query_cut=int(cut), heap_factor=float(factor), n_knn=0, sorted=True, num_threads=1)
        each = (time.perf_counter_ns() - start) // max(1, len(results))
        hits = [[[document, score] for score, document in found] for found in results]
        print(json.dumps({"nanoseconds": [each] * len(results), "hits": hits}), flush=True)


if __name__ == "__main__":
    main()
