#!/usr/bin/env python3
"""Makes a large collection of short documents, and queries for it, with the word statistics of real ones. Standard library only.

    python3 Benchmarks/peers/search/make_corpus.py [FOLDER ...] [--documents 1000000] [--out .cache/search/corpus]

A FOLDER is a collection in BEIR's layout; Examples/packages unless said. The same folders, counts and seed give the same bytes.

How a document is made. A source document is drawn: it gives the length and the topic. The new text is spliced out of runs of
some 9 consecutive words of that document (half of them) and of its neighbours, the documents that share most rare words with
it. Runs keep word pairs that stand side by side, so that phrases find something; drawing all runs from one topic keeps words
together that occur together; and since every word comes with its share of the source, frequencies stay what they were. No
run is used twice in a document, so that words do not repeat in it more often than they do in the source.

What splicing alone cannot keep is the long tail: a collection 30 times as large has many more rare words, not rare words 30 times
as often. So words that the source has at most 4 times each stand for a family of words: each use draws a member, by Zipf's law, and a member
is spelled as the word with a suffix. The families are so large that the vocabulary grows as the source's does (Heaps' law, its
exponent fitted on the source).

Words are cleaned so that every engine cuts them alike: nothing but letters and digits inside, fewer than 40 characters.
Punctuation stays around them.

Queries (JSON lines in OpenSearch's query language, over the field `text`) come from the real queries of the folders: 1 to 6
words side by side (the lengths of web queries) around the rarest word of a query drawn at random, common words included; rare
words stand for their family here too.
match.jsonl: match; and.jsonl: match with operator `and`, 2 to 4 words of one document; phrase.jsonl: match_phrase, 2 to 4
words side by side in one document.

--check prints what was kept, source beside product, and writes nothing.
"""
import argparse
import bisect
import collections
import gzip
import itertools
import json
import math
import os
import random
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
# What some tokenisers take for a part of a word and others for its end.
INNER = re.compile(r"(?<=\w)(?:_+|[.':,;\u00b7\u2019](?=\w))")
# Digits, emoji or nothing at all to some, punctuation to others.
UNSURE = re.compile("[\u00a9\u00ae\u00ad\u00b2\u00b3\u00b9\u00bc-\u00be]")
WORD = re.compile(r"[^\W_]+")
RARE = 4
RUN = 9


def lines(folder, name):
    path = os.path.join(folder, name)
    opened = open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file if line.strip()]


def cleaned(text):
    """The words of a text with the punctuation around them; each holds exactly one run of letters and digits."""
    words = []
    for piece in INNER.sub(" ", UNSURE.sub(" ", text.replace("_", " "))).split():
        inside = WORD.findall(piece)
        if not inside or not all(ord(c) < 0x250 for c in piece):
            continue
        if len(inside) > 1:  # "open-source", "and/or"
            words += inside
        else:
            words.append(piece)
    return [word for word in words if len(word) < 40]


def core(word):
    return WORD.search(word).group().lower()


class Source:
    """The real documents as lists of words, with their neighbours."""

    def __init__(self, folders):
        self.titles, self.words, self.queries = [], [], []
        for folder in folders:
            for document in lines(folder, "corpus.jsonl"):
                words = cleaned(document["text"])
                if words:
                    self.titles.append(cleaned(document.get("title", "")))
                    self.words.append(words)
            queries = [[core(w) for w in cleaned(q["text"])] for q in lines(folder, "queries.jsonl")]
            self.queries.append([q for q in queries if q])
        self.cores = [[core(w) for w in words] for words in self.words]
        self.counts = collections.Counter(itertools.chain.from_iterable(self.cores))
        self.tokens = sum(self.counts.values())

    def neighbours(self, count=6, terms=10, longest=400):
        """For each document those that share most of its rarest shared words, weighted by idf."""
        frequency = collections.Counter(itertools.chain.from_iterable(set(c) for c in self.cores))
        postings = collections.defaultdict(list)
        chosen = []
        for number, words in enumerate(self.cores):
            shared = sorted((w for w in set(words) if 2 <= frequency[w] <= longest), key=lambda w: (frequency[w], w))
            chosen.append(shared[:terms])
            for word in shared[:3 * terms]:
                postings[word].append(number)
        result = []
        for number, words in enumerate(chosen):
            scores = collections.Counter()
            for word in words:
                weight = math.log(len(self.cores) / frequency[word])
                for other in postings[word]:
                    scores[other] += weight
            del scores[number]
            best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:count]
            result.append([other for other, _ in best])
        return result

    def heaps(self):
        """Exponent of vocabulary over tokens, fitted between a quarter and all of the source (documents in drawn order)."""
        order = list(range(len(self.cores)))
        random.Random(1).shuffle(order)
        seen, tokens, points = set(), 0, []
        for number in order:
            seen.update(self.cores[number])
            tokens += len(self.cores[number])
            points.append((math.log(tokens), math.log(len(seen))))
        (x0, y0), (x1, y1) = next(p for p in points if p[0] >= points[-1][0] - math.log(4)), points[-1]
        return (y1 - y0) / (x1 - x0)


class Families:
    """Members of the family for which a rare word stands."""

    LETTERS = "aeioubcdfghklmnprstvz"

    def __init__(self, source, scale):
        rare = [w for w, c in source.counts.items() if c <= RARE]
        self.exponent = source.heaps()
        wanted = len(source.counts) * scale ** self.exponent
        uses = sum(source.counts[w] for w in rare) * scale / max(1, len(rare))
        self.rare = set(rare)
        self.size = max(1, self.fitted(wanted - (len(source.counts) - len(rare)), len(rare), uses))
        weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(self.size)))
        self.cumulative = [w / weights[-1] for w in weights]

    @staticmethod
    def fitted(wanted, families, uses):
        """The size at which `uses` draws of each family by Zipf's law are expected to bring `wanted` different words."""
        def distinct(size):
            total = sum(1 / (r + 1) for r in range(size))
            return families * sum(1 - math.exp(-uses / (total * (r + 1))) for r in range(size))
        low, high = 1, 2000
        while low < high:
            middle = (low + high) // 2
            if distinct(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def suffix(self, value):
        """'' for the first member, then letters; value from 0 to 1."""
        member = bisect.bisect(self.cumulative, value)
        text = ""
        while member > 0:
            member, letter = divmod(member - 1, len(self.LETTERS))
            text += self.LETTERS[letter]
        return text


class Maker:
    def __init__(self, source, documents, seed):
        self.source = source
        self.seed = seed
        self.families = Families(source, documents / len(source.words))
        self.near = source.neighbours()
        rare = self.families.rare
        # A document's members are the same wherever its word occurs in it, so the choice is one for each (document, word).
        self.rare_at = [[i for i, w in enumerate(words) if w in rare] for words in source.cores]
        self.rare_in_title = [[i for i, w in enumerate(t) if core(w) in rare] for t in source.titles]

    def document(self, rng):
        """(title, text) as lists of words."""
        source = self.source
        main = int(rng.random() * len(source.words))
        near = self.near[main]
        wanted = len(source.words[main])
        wanted = max(3, int(wanted * (0.8 + 0.4 * rng.random()) + 0.5))
        chosen = {}
        text = []
        used = set()
        tries = 0
        while len(text) < wanted and tries < 400:
            tries += 1
            document = main if not near or rng.random() < 0.5 else near[int(rng.random() * len(near))]
            words = source.words[document]
            runs = -(-len(words) // RUN)
            number = int(rng.random() * runs)
            if (document, number) in used and tries < 3 * runs + 30:
                continue
            used.add((document, number))
            begin = number * RUN
            end = min(begin + RUN, len(words), begin + wanted - len(text))
            piece = words[begin:end]
            at = self.rare_at[document]
            if at:
                for index in at[bisect.bisect_left(at, begin):bisect.bisect_left(at, end)]:
                    piece[index - begin] = self.member(piece[index - begin], chosen, rng)
            text += piece
        title = list(source.titles[main])
        for index in self.rare_in_title[main]:
            title[index] = self.member(title[index], chosen, rng)
        return title, text

    def member(self, word, chosen, rng):
        key = core(word)
        suffix = chosen.get(key)
        if suffix is None:
            suffix = chosen[key] = self.families.suffix(rng.random())
        if not suffix:
            return word
        found = WORD.search(word)
        return word[:found.end()] + suffix + word[found.end():]

    def documents(self, count):
        """Texts in blocks of 10,000 with a generator each, so that a prefix does not depend on the count."""
        for number in range(count):
            if number % 10_000 == 0:
                rng = random.Random(f"{self.seed} documents {number}")
            yield self.document(rng)

    # Queries of 1 ... 6 words; shares of the kind found in web query logs.
    LENGTHS = (0.16, 0.26, 0.25, 0.16, 0.10, 0.07)

    def match(self, rng):
        queries = self.source.queries[int(rng.random() * len(self.source.queries))]
        words = queries[int(rng.random() * len(queries))]
        length = min(len(words), rng.choices(range(1, 7), self.LENGTHS)[0])
        # The run holds the query's rarest word: nobody asks for "of the".
        rarest = min(range(len(words)), key=lambda i: self.source.counts.get(words[i], 0))
        low, high = max(0, rarest - length + 1), min(rarest, len(words) - length)
        begin = low + int(rng.random() * (high - low + 1))
        chosen = {}
        return [self.member(w, chosen, rng) if w in self.families.rare else w for w in words[begin:begin + length]]

    def conjunction(self, rng):
        while True:
            words = [core(w) for w in self.document(rng)[1]]
            length = rng.choices((2, 3, 4), (0.5, 0.35, 0.15))[0]
            words = list(dict.fromkeys(words))
            if len(words) >= length:
                return rng.sample(words, length)

    def phrase(self, rng):
        while True:
            words = [core(w) for w in self.document(rng)[1]]
            length = rng.choices((2, 3, 4), (0.6, 0.3, 0.1))[0]
            if len(words) >= length:
                begin = int(rng.random() * (len(words) - length + 1))
                return words[begin:begin + length]

    def queries(self, kind, count):
        rng = random.Random(f"{self.seed} {kind}")
        for number in range(count):
            if kind == "match":
                query = {"match": {"text": " ".join(self.match(rng))}}
            elif kind == "and":
                query = {"match": {"text": {"query": " ".join(self.conjunction(rng)), "operator": "and"}}}
            else:
                query = {"match_phrase": {"text": " ".join(self.phrase(rng))}}
            yield {"id": f"{kind}-{number}", "query": query}


def table(head, rows):
    width = [max(len(str(r[i])) for r in [head] + rows) for i in range(len(head))]
    for row in [head, ["-" * w for w in width]] + rows:
        print("| " + " | ".join(str(c).ljust(w) for c, w in zip(row, width)) + " |")


class Statistics:
    """What is compared: frequencies by rank, lengths, repetition, words that stand or occur together."""

    def __init__(self, documents):
        self.lengths, self.distinct = [], []
        self.counts, self.frequency, self.pairs_beside = collections.Counter(), collections.Counter(), collections.Counter()
        self.sets = []
        for words in documents:
            self.lengths.append(len(words))
            unique = set(words)
            self.distinct.append(len(unique))
            self.counts.update(words)
            self.frequency.update(unique)
            self.pairs_beside.update(zip(words, words[1:]))
            self.sets.append(unique)
        self.lengths.sort()
        self.ranked = sorted(self.counts.values(), reverse=True)
        self.tokens = sum(self.ranked)

    def postings(self, words):
        lists = {w: set() for w in words}
        for number, unique in enumerate(self.sets):
            for word in unique & lists.keys():
                lists[word].add(number)
        return lists


def check(source, maker, documents):
    rng = random.Random(5)
    count = min(documents, 100_000)
    before = Statistics(source.cores)
    after = Statistics([core(w) for w in text] for _, text in maker.documents(count))
    print(f"source: {len(source.words):,} documents; product: the first {count:,} of {documents:,}\n")
    rows = [["tokens", f"{before.tokens:,}", f"{after.tokens:,}"]]
    for name, part in [("shortest 1 %", .01), ("10 %", .1), ("median", .5), ("90 %", .9), ("99 %", .99)]:
        rows.append([f"words a document, {name}"] + [s.lengths[int(part * len(s.lengths))] for s in (before, after)])
    rows.append(["words a document, mean"] + [f"{s.tokens / len(s.lengths):.1f}" for s in (before, after)])
    rows.append(["different words / words in a document"] + [f"{sum(s.distinct) / s.tokens:.3f}" for s in (before, after)])
    for rank in (1, 10, 100, 1_000, 10_000, 30_000):
        rows.append([f"share of all tokens, word of rank {rank:,}"] + [
            f"{s.ranked[rank - 1] / s.tokens:.2e}" if rank <= len(s.ranked) else "-" for s in (before, after)])
    for low, high in ((10, 1_000), (1_000, 10_000)):
        rows.append([f"Zipf's exponent between ranks {low:,} and {high:,}"] + [
            f"{math.log(s.ranked[low - 1] / s.ranked[high - 1]) / math.log(high / low):.2f}"
            if high <= len(s.ranked) else "-" for s in (before, after)])
    # Vocabulary at equal numbers of tokens is what Heaps' law compares.
    rows.append(["different words", f"{len(before.counts):,}", f"{len(after.counts):,}"])
    expected = len(before.counts) * (after.tokens / before.tokens) ** maker.families.exponent
    rows.append([f"different words by Heaps' law (exponent {maker.families.exponent:.2f})", "-", f"{expected:,.0f}"])
    rows.append(["share of words that occur once"] + [
        f"{sum(c == 1 for c in s.ranked) / len(s.ranked):.2f}" for s in (before, after)])

    # Pairs of one document, drawn in the source: how much more often they meet than by chance (log2).
    common = {w for w, c in before.frequency.items() if c >= 20}
    pairs = []
    while len(pairs) < 3_000:
        words = sorted(source.cores[rng.randrange(len(source.cores))])
        a, b = rng.choice(words), rng.choice(words)
        if a != b and a in common and b in common:
            pairs.append((a, b))
    wanted = {w for p in pairs for w in p}
    lists = [s.postings(wanted) for s in (before, after)]

    def information(index, pair):
        total = len((before, after)[index].sets)
        a, b = (lists[index][w] for w in pair)
        return math.log2((len(a & b) + .5) * total / ((len(a) + .5) * (len(b) + .5)))

    values = [[information(i, p) for p in pairs] for i in (0, 1)]
    mean = [sum(v) / len(v) for v in values]
    deviation = [math.sqrt(sum((x - m) ** 2 for x in v) / len(v)) for v, m in zip(values, mean)]
    correlation = sum((x - mean[0]) * (y - mean[1]) for x, y in zip(*values)) / len(pairs) / deviation[0] / deviation[1]
    rows.append(["mutual information of pairs in a document, mean (bits)"] + [f"{m:.2f}" for m in mean])
    rows.append(["the same, standard deviation"] + [f"{d:.2f}" for d in deviation])
    rows.append(["the same, correlation with the source's", "1", f"{correlation:.3f}"])
    beside = [pair for pair, c in before.pairs_beside.items() if c >= 10]
    shares = [[math.log((s.pairs_beside[p] + .5) / s.tokens) for p in beside] for s in (before, after)]
    error = math.sqrt(sum((x - y) ** 2 for x, y in zip(*shares)) / len(beside))
    rows.append([f"share of tokens, {len(beside):,} pairs side by side"] + [
        f"{sum(s.pairs_beside[p] for p in beside) / s.tokens:.3f}" for s in (before, after)])
    rows.append(["the same, typical factor off the source's", "-", f"{math.exp(error):.2f}"])
    table(["", "source", "product"], rows)

    print("\nqueries (match)\n")
    queries = [q["query"]["match"]["text"].split() for q in maker.queries("match", 1000)]
    lengths = collections.Counter(len(q) for q in queries)
    table(["words"] + [str(n) for n in range(1, 7)], [["queries"] + [lengths[n] for n in range(1, 7)]])
    print()
    shares = sorted(after.frequency[w] / count for q in queries for w in q)
    table(["share of documents with a query's word", "10 %", "25 %", "median", "75 %", "90 %", "largest", "words nowhere"], [
        [""] + [f"{shares[int(p * len(shares))]:.2e}" for p in (.1, .25, .5, .75, .9)]
        + [f"{shares[-1]:.2f}", f"{sum(s == 0 for s in shares) / len(shares):.3f}"]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=[os.path.join(ROOT, "Examples", "packages")])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1_000, help="of match; half as many of and and phrase")
    parser.add_argument("--seed", default="needletail")
    parser.add_argument("--out", default=os.path.join(ROOT, ".cache", "search", "corpus"))
    parser.add_argument("--check", action="store_true", help="print what was kept and write nothing")
    parser.add_argument("--only-queries", action="store_true", help="leave corpus.jsonl as it is")
    arguments = parser.parse_args()
    start = time.monotonic()
    source = Source(arguments.folders)
    maker = Maker(source, arguments.documents, arguments.seed)
    if arguments.check:
        check(source, maker, arguments.documents)
        return
    print(f"{len(source.words):,} documents read in {time.monotonic() - start:.0f} s", file=sys.stderr)
    os.makedirs(arguments.out, exist_ok=True)
    for kind, count in [("match", arguments.queries), ("and", arguments.queries // 2), ("phrase", arguments.queries // 2)]:
        with open(os.path.join(arguments.out, kind + ".jsonl"), "w", encoding="utf-8") as file:
            for query in maker.queries(kind, count):
                file.write(json.dumps(query, ensure_ascii=False) + "\n")
    if arguments.only_queries:
        return
    # Last, and named when it is complete.
    partial = os.path.join(arguments.out, "corpus.jsonl.part")
    quote = json.encoder.encode_basestring
    with open(partial, "w", encoding="utf-8", buffering=1 << 20) as file:
        for number, (title, text) in enumerate(maker.documents(arguments.documents)):
            file.write('{"_id": "d%d", "title": %s, "text": %s}\n' % (number, quote(" ".join(title)), quote(" ".join(text))))
            if number % 100_000 == 99_999:
                rate = (number + 1) / (time.monotonic() - start)
                print(f"\r{number + 1:,} documents, {rate:,.0f} a second", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    os.replace(partial, os.path.join(arguments.out, "corpus.jsonl"))


if __name__ == "__main__":
    main()
