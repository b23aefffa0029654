#!/usr/bin/env python3
"""Hashes what Lucene's analysers make of every text of BEIR folders, for the comparison over whole corpora.

    python3 make_corpus_hashes.py anserini-*-fatjar.jar OUT FOLDER...
    NEEDLETAIL_ANALYSIS_CORPUS=OUT swift test -c release --filter CorpusTests

Each FOLDER has corpus.jsonl(.gz) with title and text, and queries.jsonl. OUT gets texts.jsonl (a JSON string a line) and hashes.txt
(a line a text, a column an analyser; the first line names them).
"""
import gzip
import json
import os
import subprocess
import sys

ANALYZERS = {
    "standard": "standard.StandardAnalyzer", "simple": "core.SimpleAnalyzer", "whitespace": "core.WhitespaceAnalyzer",
    "stop": "core.StopAnalyzer", "english": "en.EnglishAnalyzer",
    "german": "de.GermanAnalyzer", "french": "fr.FrenchAnalyzer", "spanish": "es.SpanishAnalyzer",
    "italian": "it.ItalianAnalyzer", "portuguese": "pt.PortugueseAnalyzer", "dutch": "nl.DutchAnalyzer",
    "swedish": "sv.SwedishAnalyzer", "russian": "ru.RussianAnalyzer", "finnish": "fi.FinnishAnalyzer",
    "cjk": "cjk.CJKAnalyzer",
}


def main():
    jar, out, folders = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(out, exist_ok=True)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(out, "texts.jsonl"), "w", encoding="utf-8") as f:
        for folder in folders:
            path = os.path.join(folder, "corpus.jsonl")
            lines = open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8")
            for line in lines:
                d = json.loads(line)
                f.write(json.dumps((d.get("title", "") + " " + d["text"]).strip()) + "\n")
            for line in open(os.path.join(folder, "queries.jsonl"), encoding="utf-8"):
                f.write(json.dumps(json.loads(line)["text"]) + "\n")
    result = subprocess.run(["java", "-cp", jar, os.path.join(here, "LuceneAnalysis.java"), "hashes",
                             os.path.join(out, "texts.jsonl"), *ANALYZERS.values()], check=True, capture_output=True, text=True)
    with open(os.path.join(out, "hashes.txt"), "w", encoding="utf-8") as f:
        f.write(" ".join(ANALYZERS) + "\n" + result.stdout)


main()
