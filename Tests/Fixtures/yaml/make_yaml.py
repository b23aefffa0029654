"""Writes documents.jsonl: YAML texts by PyYAML in its several styles, and the values that they mean.

    python3 make_yaml.py        needs PyYAML (6.0.3 wrote the committed file)

PyYAML resolves plain scalars as YAML 1.1 does. Its dumper therefore puts quotes around what 1.1 would misread (`yes`, `1:30`), and what
both versions read alike stays plain (so that `0o17` is left out); the values in the file are those that went in, not what PyYAML reads back, so that the file
is right for YAML 1.2. Floats are left out where the two versions write them differently (`1e+20`).
"""
import json
import pathlib
import random

import yaml

random.seed(20261121)
WORDS = [
    "host", "port", "a b", "yes", "no", "on", "null", "~", "true", "1:30", "017", "0x1f", "1.5", "-", "- a", ":", "a: b", "#", "a #b",
    " lead", "trail ", "", "'", '"', "\\", "tab\there", "two\nlines", "two\n\nparas\n", "日本語", "é", "e\u0301", "🙂", "!tag", "&x", "*x",
    "%d", "@at", "`tick", "[x]", "{x}", "a,b", "|", ">", "?", "? a", "=", "<<", "\u0085next", "\u2028line", "\u00a0nbsp", "x" * 200,
    "word " * 40, "NEEDLETAIL", "64MiB", "30s", "2026-11-21", "1_000", "+1", ".5", "inf", ".inf", "nan",
]


def scalar():
    kind = random.randrange(8)
    if kind == 0:
        return random.choice([None, True, False])
    if kind == 1:
        return random.randrange(-10 ** random.randrange(1, 18), 10 ** random.randrange(1, 18))
    if kind == 2:
        return round(random.uniform(-1000, 1000), random.randrange(1, 6))
    return random.choice(WORDS)


def value(depth):
    kind = random.randrange(6)
    if depth == 0 or kind < 2:
        return scalar()
    if kind < 4:
        return [value(depth - 1) for _ in range(random.randrange(5))]
    return {key(): value(depth - 1) for _ in range(random.randrange(6))}


def key():
    # A merge key is refused, quoted or not the same text: PyYAML quotes it.
    return random.choice(WORDS) or "empty"


styles = [
    dict(),
    dict(default_flow_style=True),
    dict(default_flow_style=False, indent=4),
    dict(default_style='"'),
    dict(default_style="'"),
    dict(default_style="|"),
    dict(default_style=">"),
    dict(allow_unicode=True, width=40),
    dict(explicit_start=True, explicit_end=True),
    dict(canonical=True),
    dict(line_break="\r\n"),
]
lines = []
for index in range(400):
    document = value(4)
    style = styles[index % len(styles)]
    text = yaml.safe_dump(document, sort_keys=False, **style)
    if yaml.safe_load(text) != document:
        continue
    lines.append(json.dumps({"yaml": text, "value": document}, ensure_ascii=False))
pathlib.Path(__file__).with_name("documents.jsonl").write_text("\n".join(lines) + "\n")
print(len(lines), "documents")
