"""tantivy as a peer: the requests of lucene/Timing.java, on standard input, answered the same way. Needs PyPI's tantivy.

What differs from Lucene and is left as it is: its default tokeniser cuts at everything but letters and digits (make_corpus.py writes
words that both cut alike), its BM25 has the factor k1 + 1 that Lucene dropped (scores are divided by 2.2 here), and results
pass through Python (the binding makes an object for each hit, some microseconds a query). It has no write-ahead log: like Lucene,
it is durable when a commit is.
"""
import json
import os
import re
import shutil
import sys
import time

import tantivy

WORD = re.compile(r"[^\W_]+")
K1_PLUS_1 = 2.2


def schema():
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("_id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("title", "text"):  # stored: together with _id they are the source
        builder.add_text_field(field, stored=True, tokenizer_name="default", index_option="position")
    return builder.build()


def lines(path):
    with open(path, encoding="utf-8") as file:
        yield from file


class Peer:
    def __init__(self):
        self.schema = schema()
        self.queries = []

    def do_index(self, request):
        folder = request["index"]
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        start = time.monotonic()
        index = tantivy.Index(self.schema, path=folder)
        writer = index.writer(heap_size=request["buffer_mb"] << 20, num_threads=request["threads"])
        count = 0
        for line in lines(request["corpus"]):
            writer.add_json(line)
            count += 1
        writer.commit()
        committed = time.monotonic() - start
        writer.wait_merging_threads()
        return {"documents": count, "seconds": committed, "seconds_with_merges": time.monotonic() - start}

    def do_open(self, request):
        start = time.monotonic()
        self.index = tantivy.Index.open(request["index"])
        self.index.reload()
        self.searcher = self.index.searcher()
        seconds = time.monotonic() - start
        return {"seconds": seconds, "documents": self.searcher.num_docs, "segments": self.searcher.num_segments}

    def do_load(self, request):
        self.queries = []
        for line in lines(request["queries"]):
            node = json.loads(line)
            self.queries.append((node["id"], self.query(node["query"])))
        return {"queries": len(self.queries)}

    def query(self, node):
        (kind, body), = node.items()
        (field, options), = body.items()
        if not isinstance(options, dict):
            options = {"query": options}
        words = [w.lower() for w in WORD.findall(options["query"])]
        if kind == "match_phrase" and len(words) > 1:
            return tantivy.Query.phrase_query(self.schema, field, words)
        occur = tantivy.Occur.Must if options.get("operator") == "and" else tantivy.Occur.Should
        terms = [tantivy.Query.term_query(self.schema, field, w, index_option="freq") for w in words]
        return terms[0] if len(terms) == 1 else tantivy.Query.boolean_query([(occur, t) for t in terms])

    def do_round(self, request):
        limit, count = request["limit"], request["count"] == "all"
        clock, search, times = time.perf_counter_ns, self.searcher.search, []
        document = self.searcher.doc if request.get("sources") else None
        for _, query in self.queries:
            start = clock()
            found = search(query, limit, count=count)
            if document:
                for _, address in found.hits:
                    document(address)
            times.append(clock() - start)
        return {"nanoseconds": times}

    def do_results(self, request):
        results = []
        for name, query in self.queries:
            found = self.searcher.search(query, request["limit"], count=request["count"] == "all")
            hits = [[self.searcher.doc(address)["_id"][0], score / K1_PLUS_1] for score, address in found.hits]
            result = {"id": name, "hits": hits}
            if request["count"] == "all":
                result["total"] = found.count
            results.append(result)
        return {"results": results}

    def do_memory(self, request):
        status = dict(line.split(":", 1) for line in lines("/proc/self/status"))
        return {"resident": int(status["VmRSS"].split()[0]) * 1024, "resident_peak": int(status["VmHWM"].split()[0]) * 1024}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(peer, "do_" + request["do"])(request)), flush=True)


main()
