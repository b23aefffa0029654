"""Queries and documents of a folder in BEIR's layout, chosen the same way every time."""
import gzip
import json
import os


def lines(folder, name):
    """The objects of a file of JSON lines, packed or not."""
    path = os.path.join(folder, name)
    opened = open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file if line.strip()]


def spread(items, count):
    """So many of the items, at even distances; all of them where there are no more."""
    return [items[i * len(items) // count] for i in range(count)] if count < len(items) else items


class Collection:
    def __init__(self, folder):
        self.queries = [q["text"] for q in lines(folder, "queries.jsonl")]
        self.documents = [(d.get("title", "") + " " + d["text"]).strip() for d in lines(folder, "corpus.jsonl")]

    def pairs(self, kind, count):
        """One query with `count` texts: other queries (short), documents (passage), or documents back to back (long)."""
        query = self.queries[0]
        if kind == "short":
            texts = spread(self.queries[1:], count)
        elif kind == "passage":
            texts = spread(self.documents, count)
        else:
            texts = [" ".join(spread(self.documents, count + 20)[i:i + 20]) for i in range(count)]
        return [(query, text) for text in texts]

    def query_of(self, tokens, count_tokens):
        """The first query that has so many tokens."""
        for query in self.queries:
            if count_tokens(query) == tokens:
                return query
        raise SystemExit(f"the collection has no query of {tokens} tokens")
