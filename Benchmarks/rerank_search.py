"""Measures searches that are reranked over HTTP; `Benchmarks/rerank-search` starts the server that it asks.

Latency: for each query, one after the other, a search of 100 hits without reranking, the same search reranked, and the engine alone with the
same pairs (POST /rerank, whose x-total-time is the engine's own time, in whole milliseconds rounded down). The ratio is that of a search to
the engine's time of the same query; printed are medians over all queries.

Soak: clients that search one after the other, each with a connection of its own. Resident memory is the kernel's VmRSS.
"""
import argparse
import http.client
import json
import os
import statistics
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORDS, HITS = 32, 100
PIPELINE = {"response_processors": [
    {"rerank": {"ml_opensearch": {"model_id": "bench"}, "context": {"document_fields": ["text"]}}}]}


class Client:
    """One connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(self, method, path, body=None, kind="application/json"):
        """The answer, its header fields and the seconds from the first byte sent to the last received."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        start = time.perf_counter()
        self.connection.request(method, path, data, {"Content-Type": kind} if data else {})
        response = self.connection.getresponse()
        text = response.read()
        seconds = time.perf_counter() - start
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]!r}")
        return json.loads(text), response.headers, seconds


def lines(name):
    with open(os.path.join(ROOT, "Examples", "packages", name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def fill(client):
    bulk = []
    for number, document in enumerate(lines("corpus.jsonl")):
        text = " ".join((document["title"] + ". " + document["text"]).split()[:WORDS])
        bulk.append(json.dumps({"index": {"_id": str(number)}}) + "\n" + json.dumps({"text": text}) + "\n")
    client.ask("PUT", "/packages", {"settings": {"number_of_replicas": 0}})
    client.ask("POST", "/packages/_bulk?refresh=true", "".join(bulk).encode(), "application/x-ndjson")
    client.ask("PUT", "/_search/pipeline/rerank", PIPELINE)


def search(query, reranked=True):
    # Every word of the collection is in the union, so that there are 100 hits for each query.
    body = {"size": HITS, "query": {"bool": {"should": [{"match": {"text": query}}, {"match_all": {}}]}}}
    if reranked:
        body["ext"] = {"rerank": {"query_context": {"query_text": query}}}
    return body


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency(client, queries):
    plain, reranked, engine, wire, ratios = [], [], [], [], []
    for number, query in enumerate(queries):
        first, _, seconds = client.ask("POST", "/packages/_search", search(query, False))
        texts = [hit["_source"]["text"] for hit in first["hits"]["hits"]]
        assert len(texts) == HITS
        def ours():
            return client.ask("POST", "/packages/_search?search_pipeline=rerank", search(query))
        def alone():
            return client.ask("POST", "/rerank", {"query": query, "texts": texts, "raw_scores": True, "truncate": True})
        # Who goes first changes.
        if number % 2:
            (found, _, total), (scores, fields, whole) = ours(), alone()
        else:
            (scores, fields, whole), (found, _, total) = alone(), ours()
        got = [hit["_score"] for hit in found["hits"]["hits"]]
        expected = sorted((item["score"] for item in scores), reverse=True)
        assert all(abs(a - b) < 1e-5 for a, b in zip(got, expected)), "the search and the engine disagree"
        if number < 10:
            continue  # warming up
        own = int(fields["x-total-time"]) / 1000
        plain.append(seconds), reranked.append(total), engine.append(own), wire.append(whole), ratios.append(total / own)
    print(f"{len(ratios)} queries, {HITS} documents of at most {WORDS} words, ms: p50 / p99")
    for name, values in [("search", plain), ("search, reranked", reranked), ("engine's own time", engine),
                         ("POST /rerank", wire)]:
        print(f"  {name:18} {statistics.median(values) * 1000:8.2f} {percentile(values, 0.99) * 1000:8.2f}")
    print(f"  reranked search / engine's own time: p50 of ratios {statistics.median(ratios):.3f}, "
          f"ratio of p50s {statistics.median(reranked) / statistics.median(engine):.3f}")


def resident(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def soak(port, pid, queries, clients, seconds):
    times, errors, lock = [], [], threading.Lock()
    end = time.perf_counter() + seconds

    def run(number):
        client = Client(port)
        turn = number
        while time.perf_counter() < end:
            try:
                found, _, took = client.ask(
                    "POST", "/packages/_search?search_pipeline=rerank", search(queries[turn % len(queries)]))
                scores = [hit["_score"] for hit in found["hits"]["hits"]]
                if len(scores) != HITS or scores != sorted(scores, reverse=True):
                    raise RuntimeError("the hits are not those of a reranked search")
                with lock:
                    times.append(took)
            except Exception as error:  # whatever goes wrong is counted
                with lock:
                    errors.append(repr(error))
                client = Client(port)
            turn += clients

    memory = [resident(pid)]
    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for share in (0.25, 0.5, 0.75, 1):
        time.sleep(max(0, end - seconds * (1 - share) - time.perf_counter()))
        memory.append(resident(pid))
    for thread in threads:
        thread.join()
    print(f"{clients} clients, {seconds} s: {len(times)} searches, {len(errors)} errors, "
          f"{len(times) / seconds:.1f} searches/s")
    for error in errors[:3]:
        print("  " + error)
    if times:
        print(f"  p50 {statistics.median(times):.2f} s, p99 {percentile(times, 0.99):.2f} s, most {max(times):.2f} s")
    print("  resident MiB at 0, 25, 50, 75, 100 %: " + ", ".join(f"{value:.0f}" for value in memory))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["latency", "soak"], default="latency")
    parser.add_argument("seconds", nargs="?", type=int, default=60)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--queries", type=int, default=110)
    args = parser.parse_args()
    client = Client(args.port)
    fill(client)
    queries = [query["text"] for query in lines("queries.jsonl")]
    if args.what == "soak":
        soak(args.port, args.pid, queries, args.clients, args.seconds)
    else:
        latency(client, queries[:args.queries])


main()
