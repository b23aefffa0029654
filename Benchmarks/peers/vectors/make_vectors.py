#!/usr/bin/env python3
"""Makes base.npy and queries.npy for retrieval_peers.py: embeddings of the sentences of Debian's package descriptions.

    make_vectors.py sentences FOLDER Translation-en...        writes FOLDER/sentences.txt (apt's lists/*Translation-en, any compression; or corpus.jsonl)
    needletail embed --model all-MiniLM-L6-v2 --file FOLDER/sentences.txt --format npy > FOLDER/sentences.npy
    make_vectors.py split FOLDER [--queries 2000]             the queries are the sentences behind the first 200,000

bookworm's main, updates and security have 205,079 different sentences of at least four words and 25 characters (November 2026).
"""
import argparse
import json
import os
import random
import re
import subprocess


def bodies(name):
    """The texts of a file: paragraphs, a line each."""
    if name.endswith(".jsonl"):
        with open(name, encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)["text"]
        return
    text = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", name], capture_output=True, check=True).stdout
    for stanza in text.decode("utf-8", "replace").split("\n\n"):
        match = re.search(r"^Description-en: (.*(?:\n .*)*)", stanza, re.M)
        if not match:
            continue
        head, *lines = match.group(1).split("\n")
        body = head + "\n"
        for line in lines:
            line = line[1:]
            if line == ".":
                body += "\n"
            elif line.startswith((" ", "*", "-")):
                body += "\n" + line.strip(" *-") + " "
            else:
                body += line + " "
        yield body


def sentences(folder, files):
    seen, found = set(), []
    for name in sorted(files):
        for body in bodies(name):
            for paragraph in body.split("\n"):
                for sentence in re.split(r'(?<=[.!?;:])\s+(?=[A-Z0-9"(])', paragraph):
                    sentence = re.sub(r"\s+", " ", sentence).strip()
                    if len(sentence) >= 25 and len(sentence.split()) >= 4 and sentence.lower() not in seen:
                        seen.add(sentence.lower())
                        found.append(sentence)
    random.Random(6).shuffle(found)
    with open(os.path.join(folder, "sentences.txt"), "w") as file:
        file.write("\n".join(found) + "\n")
    print(f"{len(found)} sentences")


def split(folder, count, queries):
    import numpy as np
    vectors = np.load(os.path.join(folder, "sentences.npy"))
    np.save(os.path.join(folder, "base.npy"), vectors[:count])
    np.save(os.path.join(folder, "queries.npy"), vectors[count:count + queries])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("sentences", "split"))
    parser.add_argument("folder")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=2_000)
    given = parser.parse_args()
    if given.step == "sentences":
        sentences(given.folder, given.files)
    else:
        split(given.folder, given.count, given.queries)


if __name__ == "__main__":
    main()
