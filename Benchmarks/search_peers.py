#!/usr/bin/env python3
"""Measures search beside Lucene and tantivy: indexing, opening, latency, memory; stops when results are not equal.

    Benchmarks/search [--documents 1000000] [--engines needletail,lucene,tantivy] [--rounds 5] [--data FOLDER ...]

The collection is made by peers/search/make_corpus.py (once, into .cache/search). Every engine is one process that does what it is asked
on standard input (peers/search/lucene/Timing.java says what), held to the same --cpus.

- Indexing: the file of JSON lines read, parsed, and indexed by two threads, title and text with positions and norms, source stored; until
  all of it survives a power cut. Lucene and tantivy commit once at the end; Needletail makes every batch of 1,000
  documents durable before the next (--batch), as its bulk requests do.
- Opening: until the index can be searched, in a process that has done nothing else with it.
- Latency: each query once a round on one thread, engines in turns, another one first each time, after --warmup rounds. A
  query's time is its median over the rounds; mean, p50 and p99 are over the queries. From the query's tree to ids and scores of
  the best 10, hits counted as far as the engine must ("top") or all of them ("total"); "top with sources" reads the documents, too.
- Equal: the best 10 with totals, after warming up: documents and scores to 1e-5 relative, equal scores in any order.

Between rounds a fixed piece of work is timed: when its time moves by over 15 %, or when other processes took more than 5 % of the
cores, the table says NOT QUIET and its figures are not to be quoted.
"""
import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import time

from peers.hits import different

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SEARCH = os.path.join(HERE, "peers", "search")
KINDS = ("match", "and", "phrase")
COUNTS = {"top": (0, "top", False), "total": ("all", "total", False), "sources": (0, "top with sources", True)}
# Files with the documents themselves.
SOURCES = {"needletail": (".sqlite", ".sqlite-wal"), "lucene": (".fdt", ".fdx", ".fdm"), "tantivy": (".store",)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--data", nargs="*", default=[], help="folders in BEIR's layout from which the collection is made; Examples/packages")
    parser.add_argument("--corpus", help="a folder that make_corpus.py wrote, instead")
    parser.add_argument("--engines", default="needletail,lucene,tantivy")
    parser.add_argument("--kinds", default=",".join(KINDS), help="of queries")
    parser.add_argument("--counts", default="top,total,sources", help="what is asked for with them")
    parser.add_argument("--work", default=os.path.join(ROOT, ".cache", "search"))
    parser.add_argument("--keep-indices", action="store_true", help="search the indices of the last run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=8, help="Java's compiler needs some")
    parser.add_argument("--threads", type=int, default=2, help="for indexing")
    parser.add_argument("--batch", type=int, default=1_000, help="documents that Needletail makes durable together")
    parser.add_argument("--buffer-mb", type=int, default=256)
    parser.add_argument("--cpus", default=",".join(map(str, sorted(os.sched_getaffinity(0))[:2])))
    parser.add_argument("--python", default=sys.executable, help="one that has tantivy")
    parser.add_argument("--needletail", default=os.path.join(HERE, ".build", "release", "SearchBenchmarks"))
    parser.add_argument("--json", help="writes all figures to this file")
    return parser.parse_args()


class Engine:
    """A process that answers requests line by line."""

    def __init__(self, name, command, cpus):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            preexec_fn=lambda: os.sched_setaffinity(0, cpus))

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.name} ended ({self.process.wait()}) at {request}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Quiet:
    """Whether the machine's speed moved, and how much of the cores others took."""

    def __init__(self, engines):
        self.engines = engines
        self.speeds = [self.speed()]
        self.start = time.monotonic(), self.spent()

    @staticmethod
    def speed():
        best = float("inf")
        for _ in range(5):
            begin = time.perf_counter()
            sum(i * i for i in range(200_000))
            best = min(best, time.perf_counter() - begin)
        return best

    def spent(self):
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, soft, _ = map(int, file.readline().split()[1:9])
        own = 0
        for pid in [os.getpid()] + [e.process.pid for e in self.engines]:
            with open(f"/proc/{pid}/stat") as file:
                own += sum(map(int, file.read().rsplit(") ", 1)[1].split()[11:13]))
        return (user + nice + system + irq + soft - own) / os.sysconf("SC_CLK_TCK")

    def take(self):
        self.speeds.append(self.speed())

    def verdict(self):
        others = max(0, self.spent() - self.start[1]) / (time.monotonic() - self.start[0]) / os.cpu_count()
        noisy = others > 0.05 or max(self.speeds) > 1.15 * min(self.speeds)
        return f"others took {others:.0%} of the cores" + (" - NOT QUIET, indicative only" if noisy else "")


def size(folder, suffixes=("",)):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names
               if name.endswith(suffixes))


def summary(nanoseconds):
    """nanoseconds: [round][query] -> mean, p50, p99 in milliseconds over the medians of the queries."""
    values = sorted(statistics.median(times) / 1e6 for times in zip(*nanoseconds))
    return {"mean": sum(values) / len(values), "p50": values[len(values) // 2], "p99": values[int(len(values) * 0.99)]}


def table(head, rows):
    width = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    for row in [head, ["-" * w for w in width]] + rows:
        print("| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, width))) + " |")


def digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


class Bench:
    def __init__(self, args):
        self.args = args
        self.names = args.engines.split(",")
        self.cpus = set(map(int, args.cpus.split(",")))
        self.commands = {
            "lucene": [os.path.join(SEARCH, "lucene", "lucene"), "bench"],
            "tantivy": [args.python, os.path.join(SEARCH, "tantivy_peer.py")],
            "needletail": [args.needletail],
        }
        self.corpus = args.corpus or self.made()
        self.figures = {name: {} for name in self.names}

    def made(self):
        sources = "\n".join(map(os.path.abspath, self.args.data))
        other = "-" + hashlib.sha256(sources.encode()).hexdigest()[:8] if sources else ""
        folder = os.path.join(self.args.work, f"corpus-{self.args.documents}{other}")
        if not os.path.exists(os.path.join(folder, "corpus.jsonl")):
            subprocess.run([sys.executable, os.path.join(SEARCH, "make_corpus.py"), *self.args.data, "--out", folder,
                            "--documents", str(self.args.documents)], check=True)
        return folder

    def started(self, names):
        return [Engine(name, self.commands[name], self.cpus) for name in names]

    def folder(self, name):
        return os.path.join(self.args.work, "index-" + name)

    def index(self):
        for name in self.names:
            engine, = self.started([name])
            quiet = Quiet([engine])
            answer = engine.ask(do="index", corpus=os.path.join(self.corpus, "corpus.jsonl"), index=self.folder(name),
                                threads=self.args.threads, buffer_mb=self.args.buffer_mb, batch=self.args.batch)
            memory = engine.ask(do="memory")
            quiet.take()
            verdict = quiet.verdict()
            engine.close()
            self.figures[name]["indexing"] = answer | {
                "bytes": size(self.folder(name)), "source_bytes": size(self.folder(name), SOURCES[name]),
                "resident_peak": memory["resident_peak"], "machine": verdict}
            print(f"{name}: {answer['documents']:,} documents in {answer['seconds']:.1f} s; {verdict}", flush=True)

    def search(self):
        for name in self.names:
            engine, = self.started([name])
            self.figures[name]["open"] = engine.ask(do="open", index=self.folder(name))
            engine.close()
        engines = self.started(self.names)
        for engine in engines:
            engine.ask(do="open", index=self.folder(engine.name))
        for kind in self.args.kinds.split(","):
            for engine in engines:
                engine.ask(do="load", queries=os.path.join(self.corpus, kind + ".jsonl"))
            for asked in self.args.counts.split(","):
                count, label, sources = COUNTS[asked]
                for engine in engines:
                    for _ in range(self.args.warmup):
                        engine.ask(do="round", limit=10, count=count, sources=sources)
                self.assert_equal(engines, kind, count)
                self.latency(engines, kind, label, count, sources)
        for engine in engines:
            self.figures[engine.name]["memory"] = engine.ask(do="memory")
            engine.close()

    def assert_equal(self, engines, kind, count):
        results = [(e.name, e.ask(do="results", limit=10, count=count)["results"]) for e in engines]
        name, expected = results[0]
        for other, found in results[1:]:
            faults = [(a["id"], d) for a, b in zip(expected, found) if (d := different(a, b, 10))]
            if faults or len(expected) != len(found):
                sys.exit(f"{name} and {other} differ for {len(faults)} of {len(expected)} queries of {kind}: {faults[:3]}")

    def latency(self, engines, kind, label, count, sources):
        times = {engine.name: [] for engine in engines}
        quiet = Quiet(engines)
        for number in range(self.args.rounds):
            turn = number % len(engines)
            for engine in engines[turn:] + engines[:turn]:
                times[engine.name].append(engine.ask(do="round", limit=10, count=count, sources=sources)["nanoseconds"])
            quiet.take()
        verdict = quiet.verdict()
        print(f"\n{kind}, {label}: {len(times[engines[0].name][0])} queries, {self.args.rounds} rounds, milliseconds; {verdict}\n")
        rows = []
        for engine in engines:
            result = self.figures[engine.name][f"{kind}, {label}"] = summary(times[engine.name]) | {"machine": verdict}
            rows.append([engine.name] + [digits(result[k]) for k in ("mean", "p50", "p99")])
        table(["", "mean", "p50", "p99"], rows)
        sys.stdout.flush()

    def report(self):
        rows = []
        for name in self.names:
            figures = self.figures[name]
            made, memory = figures.get("indexing"), figures["memory"]
            rows.append([
                name,
                f"{made['documents'] / made['seconds']:,.0f}" if made else "",
                f"{(size(self.folder(name)) - size(self.folder(name), SOURCES[name])) / 1e6:,.0f}",
                f"{size(self.folder(name), SOURCES[name]) / 1e6:,.0f}",
                f"{made['resident_peak'] / 1e6:,.0f}" if made else "",
                digits(figures["open"]["seconds"] * 1e3),
                f"{memory['resident'] / 1e6:,.0f}",
            ])
        print(f"\n{self.args.threads} threads for indexing, CPUs {self.args.cpus}\n")
        table(["", "documents/s", "index MB", "sources MB", "peak MB, indexing", "open ms", "MB, searching"], rows)


def main():
    args = arguments()
    bench = Bench(args)
    if not args.keep_indices:
        bench.index()
    bench.search()
    bench.report()
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(bench.figures, file, indent=1)


if __name__ == "__main__":
    main()
