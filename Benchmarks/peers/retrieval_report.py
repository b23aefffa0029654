"""The tables of Benchmarks/retrieval_peers.py."""

LEVELS = (0.95, 0.99)


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def megabytes(bytes_):
    return f"{bytes_ / 1e6:,.0f}"


def disturbed(rounds):
    middle = sorted(rounds)[len(rounds) // 2]
    return " NOT QUIET" if max(rounds) > 1.1 * middle else ""


def fastest(rows, engine, level, time):
    good = [row for row in rows if row["engine"] == engine and row["recall"] >= level]
    return min(good, key=lambda row: row[time], default=None)


def head(name, part):
    print(f"### {name}\n\n{part['machine']}; {part['date']}; {part['rounds']} rounds; `{part['command']}`\n")


def builds(name, took):
    print(f"### {name}\n")
    table(["index", "s", "CPU s", "MB", "MB of memory while building"],
          [[index, f"{t['seconds']:,.0f}", f"{t['cpu_seconds']:,.0f}", megabytes(t["bytes"]), megabytes(t["most_memory"])] for index, t in took.items()])


def exact(part):
    head("Learned sparse, exact top 10", part)
    table(["", "queries", "mean ms", "p50", "p99", "resident MB: own, mapped files", ""],
          [[row["engine"], row["queries"], f"{row['ms']:.3f}{disturbed(row['rounds_ms'])}", f"{row['p50']:.3f}", f"{row['p99']:.3f}",
            megabytes(row["memory"]["own"]) + ", " + megabytes(row["memory"]["mapped"]),
            {True: "equal hits and scores", False: "DIFFERENT HITS"}.get(row.get("equal"), "")] for row in part["rows"]])


def approximate(part):
    head("Learned sparse, approximate top 10", part)
    rows = part["rows"]
    lines = []
    for level in LEVELS:
        for engine in ("Needletail", "pyseismic"):
            row = fastest(rows, engine, level, "ms")
            lines.append([f"{level:.2f}", engine] + ([f"{row['ms']:.3f}", f"{row['recall']:.4f}", row["setting"]] if row else ["never", "", ""]))
    table(["recall@10 at least", "", "mean ms", "recall@10", "fastest setting"], lines)
    table(["", "setting", "mean ms", "recall@10", "resident MB: own, mapped files"],
          [[row["engine"], row["setting"], f"{row['ms']:.3f}{disturbed(row['rounds_ms'])}", f"{row['recall']:.4f}",
            megabytes(row["memory"]["own"]) + ", " + megabytes(row["memory"]["mapped"])] for row in rows])


def graph(part):
    head("Dense, graphs", part)
    rows = part["rows"]
    names = list(dict.fromkeys(row["engine"] for row in rows))
    lines = []
    for name in names:
        cells = [name]
        for level in LEVELS:
            row = fastest(rows, name, level, "us")
            best = max(r["recall"] for r in rows if r["engine"] == name)
            cells.append(f"{1e6 / row['us']:,.0f} (ef {row['width']}, {row['recall']:.4f})" if row else f"never; {best:.4f}")
        memory = next(row["memory"] for row in rows if row["engine"] == name)
        lines.append(cells + [megabytes(memory["own"]) + ", " + megabytes(memory["mapped"])])
    table(["", "queries/s at recall@10 >= 0.95", "at >= 0.99", "resident MB: own, mapped files"], lines)
    widths = sorted({row["width"] for row in rows})
    table(["recall@10, µs a query"] + [f"ef {width}" for width in widths],
          [[name] + [next(f"{row['recall']:.4f}, {row['us']:,.0f}{disturbed(row['rounds_us'])}" for row in rows if (row["engine"], row["width"]) == (name, width))
                     for width in widths] for name in names])


def filters(part):
    head("Dense, filters", part)
    table(["vectors left", "", "ef", "queries/s", "recall@10"],
          [[f"{row['share']} %" if row["share"] else "all", row["engine"], row["width"], f"{1e6 / row['us']:,.0f}{disturbed(row['rounds_us'])}", f"{row['recall']:.4f}"]
           for row in part["rows"]])


def scan(part):
    head("Dense, exact scans", part)
    table(["", "queries/s", "recall@10", "resident MB: own, mapped files"],
          [[row["engine"], f"{1e6 / row['us']:,.1f}{disturbed(row['rounds_us'])}", f"{row['recall']:.4f}",
            megabytes(row["memory"]["own"]) + ", " + megabytes(row["memory"]["mapped"])] for row in part["rows"]])


def show(results):
    """Prints what there is."""
    for name, heading in (("sparse_builds", "Learned sparse, indexes"), ("dense_builds", "Dense, graphs: building")):
        if name in results:
            builds(heading, results[name])
    for name, print_part in (("exact", exact), ("approximate", approximate), ("graph", graph), ("filters", filters), ("scan", scan)):
        if name in results:
            print_part(results[name])
