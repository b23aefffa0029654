#!/usr/bin/env python3
"""Makes the expected suggestions of tests with Lucene 9.9.1's dictionary, over Examples/packages (field `text`, one segment).

    python3 make_suggest.py            # needs a JDK; Lucene's jar is named by LUCENE_JAR or taken from .cache/lucene, where
                                       # Benchmarks/peers/search/lucene/lucene puts it

suggest.jsonl has a line for each word: {"word", "options" (of OpenSearch's term suggester), "found": [[text, score, frequency], ...]}.
"""
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LUCENE = ROOT / "Benchmarks" / "peers" / "search" / "lucene" / "lucene"
JAR = os.environ.get("LUCENE_JAR", ROOT / ".cache" / "lucene" / "anserini-0.39.0-fatjar.jar")


def cases():
    rng = random.Random(5)
    text = (ROOT / "Examples" / "packages" / "corpus.jsonl").read_text("utf-8").lower()
    words = [w for w in re.findall(r"[a-z]+", text) if len(w) > 3]
    fixed = ["libary", "pyhton", "grahpical", "databse", "serverr", "wrold", "packge", "interfce", "xyzzyplugh", "lib", "nämen"]
    for number in range(120):
        word = fixed[number] if number < len(fixed) else rng.choice(words)
        if number >= len(fixed):
            at = rng.randrange(1, len(word) - 1)
            word = rng.choice([word, word[:at] + word[at + 1:], word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + "e" + word[at:]])
        options = {}
        if number % 3 == 1:
            options["suggest_mode"] = rng.choice(["popular", "always"])
        if number % 4 == 2:
            options["sort"] = "frequency"
        if number % 5 == 3:
            options["prefix_length"] = rng.choice([0, 2, 3])
        if number % 7 == 4:
            options["size"] = rng.choice([1, 3, 12])
        if number % 8 == 5:
            options["max_edits"] = 1
        if number % 9 == 6:
            options["max_inspections"] = 1
        if number % 10 == 7:
            options["max_term_freq"] = rng.choice([0.5, 3])
        if number % 11 == 8:
            options["min_doc_freq"] = rng.choice([0.01, 4])
        yield word, options


def main():
    made = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([LUCENE, "index", "--corpus", ROOT / "Examples" / "packages" / "corpus.jsonl", "--index", folder / "index"], check=True)
        lines = ["\t".join(str(v) for v in (
            word, o.get("suggest_mode", "missing"), o.get("sort", "score"), o.get("prefix_length", 1), o.get("size", 5),
            o.get("max_inspections", 5), o.get("max_edits", 2), o.get("max_term_freq", 0.01), o.get("min_doc_freq", 0))) for word, o in made]
        (folder / "words.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        subprocess.run(["javac", "-cp", JAR, "-d", folder, HERE / "LuceneSuggest.java"], check=True)
        done = subprocess.run(["java", "-cp", f"{folder}:{JAR}", "LuceneSuggest", folder / "index", folder / "words.tsv"],
                              check=True, capture_output=True)
    with open(HERE / "suggest.jsonl", "w", encoding="utf-8") as file:
        count = 0
        for (word, options), line in zip(made, done.stdout.decode("utf-8").splitlines(), strict=True):
            fields = line.split("\t")[2:]
            found = [[fields[i], float(fields[i + 1]), int(fields[i + 2])] for i in range(0, len(fields), 3)]
            count += len(found)
            file.write(json.dumps({"word": word, "options": options, "found": found}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(made)} words, {count} suggestions")


if __name__ == "__main__":
    main()
