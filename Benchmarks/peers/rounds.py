"""Measures contenders in turns, with what tells whether the figures can be believed."""
import json
import os
import statistics
import subprocess
import sys
import time

PAUSE = 0.2  # seconds before each contender: the threads of some engines go on spinning after a run
ENOUGH = 0.5  # seconds of runs a contender gets in one round


class Peer:
    """A function of this process, called again and again."""

    def __init__(self, work):
        self.work = work

    def round(self):
        """The median time of some runs, in milliseconds."""
        times = []
        start = time.perf_counter()
        while not times or time.perf_counter() - start < ENOUGH:
            begin = time.perf_counter()
            self.work()
            times.append((time.perf_counter() - begin) * 1e3)
        # The first run wakes threads and fills caches.
        return statistics.median(times[1:] or times)


class Needletail:
    """`needletail bench`, started anew for each round."""

    def __init__(self, program, what, options, include_tokenizing=False):
        self.command = [program, "bench", what, *options, "--runs", "1", "--seconds", str(ENOUGH), "--json"]
        self.include_tokenizing = include_tokenizing
        self.answer = None

    def round(self):
        run = subprocess.run(self.command, capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"{' '.join(self.command)}: exit {run.returncode}: {run.stderr.strip()[-400:]}")
        self.answer = json.loads(run.stdout)
        return self.answer["median_ms"] + (self.answer["tokenize_ms"] if self.include_tokenizing else 0)


class Machine:
    """What the cores can do, and how much of them others took."""

    def __init__(self, threads):
        import torch
        self.threads = threads
        self.matrix = torch.rand(1024, 1024)

    def gigaflops(self):
        """The best float32 matrix product of a fifth of a second."""
        best, start = float("inf"), time.perf_counter()
        while time.perf_counter() - start < 0.2:
            begin = time.perf_counter()
            self.matrix @ self.matrix
            best = min(best, time.perf_counter() - begin)
        return 2 * 1024**3 / best / 1e9

    @staticmethod
    def seconds():
        """Core seconds spent by all, by this process and its children; None where there is no /proc."""
        try:
            with open("/proc/stat") as file:
                user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
        except OSError:
            return None
        own = os.times()
        return ((user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK"),
                own.user + own.system + own.children_user + own.children_system)


def measure(contenders, rounds, threads):
    """Times of all contenders in turns.

    Returns {"ms": {name: [one a round]}, "gigaflops": [before, after each round], "others": share of the cores}.
    """
    machine = Machine(threads)
    before, start = machine.seconds(), time.perf_counter()
    gigaflops = [machine.gigaflops()]
    times = {name: [] for name in contenders}
    names = list(contenders)
    for name in names:
        if isinstance(contenders[name], Peer):
            contenders[name].work()
    for number in range(rounds):
        # Another one begins each time.
        for name in names[number % len(names):] + names[:number % len(names)]:
            time.sleep(PAUSE)
            times[name].append(contenders[name].round())
        time.sleep(PAUSE)
        gigaflops.append(machine.gigaflops())
    after, others = machine.seconds(), None
    if before and after:
        spent = (after[0] - before[0]) - (after[1] - before[1])
        others = max(0.0, spent) / (time.perf_counter() - start) / os.cpu_count()
    return {"ms": times, "gigaflops": gigaflops, "others": others}


def is_peer(name):
    return not name.startswith("needletail")


def report(title, result, texts, tokens):
    """Prints one case, fastest first, with the ratio of the best peer, taken round by round."""
    ms = {name: statistics.median(values) for name, values in result["ms"].items()}
    peers = [name for name in ms if is_peer(name)]
    best = min(peers, key=ms.get) if peers else None
    flops = result["gigaflops"]
    load = "" if result["others"] is None else f"; others took {result['others']:.0%} of the cores"
    print(f"\n{title}: {texts} texts, {tokens} tokens\n  machine: {min(flops):.0f} to {max(flops):.0f} GFLOP/s "
          f"(torch, float32){load}{warning(result)}")
    for name in sorted(ms, key=ms.get):
        ratio = ""
        if best:
            turns = [b / own for b, own in zip(result["ms"][best], result["ms"][name])]
            ratio = f"{statistics.median(turns):6.2f} x {best}"
        low, high = min(result["ms"][name]), max(result["ms"][name])
        print(f"  {name:32} {ms[name]:9.2f} ms {low:9.2f} to {high:8.2f} {texts / ms[name] * 1e3:8.1f} texts/s "
              f"{tokens / ms[name]:6.1f} tokens/ms {ratio}", flush=True)
    return ms


def warning(result):
    """A word for figures that were taken on a machine that was not quiet."""
    flops = result["gigaflops"]
    noisy = (result["others"] or 0) > 0.05 or min(flops) < 0.85 * max(flops)
    return " - NOT QUIET, indicative only" if noisy else ""


def table(rows, unit="ms"):
    """A Markdown table of medians: contenders by cases. `rows`: [(case, {name: value})]."""
    names = sorted(dict.fromkeys(name for _, ms in rows for name in ms), key=lambda n: (is_peer(n), n))
    print(f"\n| {unit} | " + " | ".join(case for case, _ in rows) + " |\n|---|" + "---|" * len(rows))
    for name in names:
        cells = [digits(ms[name]) if name in ms else "" for _, ms in rows]
        print(f"| {name} | " + " | ".join(cells) + " |")


def digits(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
