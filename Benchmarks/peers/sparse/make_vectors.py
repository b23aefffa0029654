#!/usr/bin/env python3
"""Makes learned-sparse-like vectors, and queries for them, from real texts. Needs numpy and scipy.

    python3 Benchmarks/peers/sparse/make_vectors.py CORPUS.jsonl [--documents 1000000] [--queries 1000] [--out .cache/sparse/vectors]

CORPUS.jsonl has lines with `title` and `text` (peers/search/make_corpus.py makes a million). The same corpus, counts and seed give the same
bytes.

What SPLADE does to a text is imitated in three steps, so that the statistics which decide the cost of a search are kept: 100 to 200 terms a document,
20 to 40 a query, a vocabulary of about 30,000, some terms in a third of the documents and most in few, weights seldom above 2, with many small ones.

1. The vocabulary is the 30,000 words that most documents have. A document's own words weigh ln(1 + BM25), times noise (a model's weights depend on
   the context), but the 100 commonest words weigh a tenth: models learn to ignore them.
2. Expansion: words that occur together (normalised pointwise mutual information over a sample of the documents; the 24 nearest of each word) get
   a share of the weights of the document's words; the best of them fill the document up to its number of terms.
3. A query is 3 to 8 words of a document, drawn by idf, expanded in the same way.

Written: documents.bin and queries.bin (32-bit count of vectors, then for each its length, its term numbers ascending, its float32 weights: little endian,
the format that pyseismic-lsr reads) and tokens.txt (a term a line; the line number is the term number).
"""
import argparse
import json
import os
import re
import struct

import numpy as np
import scipy.sparse as sp

WORD = re.compile(r"[a-z0-9]+")
VOCABULARY, COMMON, NEIGHBOURS, SAMPLE = 30_000, 100, 24, 60_000


def words_of(path, count):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number == count:
                break
            document = json.loads(line)
            yield WORD.findall((document.get("title", "") + " " + document["text"]).lower())


def counts(path, count):
    """Documents x all words, as counts; the words."""
    numbers, columns, pointers = {}, [], [0]
    piece, pieces = [], []
    for words in words_of(path, count):
        piece.extend(numbers.setdefault(word, len(numbers)) for word in words)
        pointers.append(pointers[-1] + len(words))
        if len(piece) > 1 << 20:
            pieces.append(np.array(piece, np.int32))
            piece = []
    pieces.append(np.array(piece, np.int32))
    columns = np.concatenate(pieces)
    matrix = sp.csr_matrix((np.ones(len(columns), np.float32), columns, np.array(pointers)), (len(pointers) - 1, len(numbers)))
    matrix.sum_duplicates()
    return matrix, list(numbers)


def neighbours(present, frequency, total, common):
    """Rows of the nearest words: normalised pointwise mutual information, at least 0.15."""
    present = present[:SAMPLE]
    frequency = np.asarray(present.sum(axis=0)).ravel() + 0.5
    total = present.shape[0]
    present = present.tocsc(copy=True)
    keep = np.ones(present.shape[1], bool)
    keep[common] = False
    present = present @ sp.diags(keep.astype(np.float32))
    present.eliminate_zeros()
    transposed = present.T.tocsr()
    rows, columns, values = [], [], []
    for begin in range(0, transposed.shape[0], 1000):
        together = (transposed[begin:begin + 1000] @ present).tocsr()
        for i in range(together.shape[0]):
            word = begin + i
            others, joint = together.indices[together.indptr[i]:together.indptr[i + 1]], together.data[together.indptr[i]:together.indptr[i + 1]]
            chosen = (others != word) & (joint >= 3)
            others, joint = others[chosen], joint[chosen]
            if len(others) == 0:
                continue
            information = np.log(joint * total / (frequency[word] * frequency[others])) / -np.log(joint / total)
            best = np.lexsort((others, -information))[:NEIGHBOURS]
            best = best[information[best] > 0.15]
            rows.append(np.full(len(best), word))
            columns.append(others[best])
            values.append(information[best])
    return sp.csr_matrix((np.concatenate(values).astype(np.float32), (np.concatenate(rows), np.concatenate(columns))), (present.shape[1],) * 2)


def expanded(own, near, sizes):
    """For each row its own terms and the best of the expansion, up to its size: [(terms, weights)]."""
    spread = (own @ near).tocsr()
    spread.sort_indices()
    for i in range(own.shape[0]):
        terms, weights = own.indices[own.indptr[i]:own.indptr[i + 1]], own.data[own.indptr[i]:own.indptr[i + 1]]
        others, shares = spread.indices[spread.indptr[i]:spread.indptr[i + 1]], spread.data[spread.indptr[i]:spread.indptr[i + 1]]
        more = sizes[i] - len(terms)
        if more < 0:
            best = np.lexsort((terms, -weights))[:sizes[i]]
            terms, weights = terms[best], weights[best]
        elif more > 0 and len(others) > 0:
            fresh = ~np.isin(others, terms)
            others, shares = others[fresh], shares[fresh]
            best = np.lexsort((others, -shares))[:more]
            terms = np.concatenate([terms, others[best]])
            weights = np.concatenate([weights, np.log1p(0.35 * shares[best])])
        order = np.argsort(terms)
        yield terms[order], np.maximum(0.6 * weights[order], 0.01).astype(np.float32)


def write(file, vectors):
    terms_written = 0
    for terms, weights in vectors:
        file.write(struct.pack("<I", len(terms)) + terms.astype("<u4").tobytes() + weights.astype("<f4").tobytes())
        terms_written += len(terms)
    return terms_written


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", default=".cache/sparse/vectors")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    random = np.random.default_rng(options.seed)

    matrix, words = counts(options.corpus, options.documents)
    total = matrix.shape[0]
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    chosen = np.sort(np.lexsort((np.arange(len(words)), -frequency))[:VOCABULARY])
    matrix, frequency = matrix[:, chosen].tocsr(), frequency[chosen]
    with open(os.path.join(options.out, "tokens.txt"), "w", encoding="utf-8") as file:
        file.writelines(words[i] + "\n" for i in chosen)
    common = np.argsort(-frequency, kind="stable")[:COMMON]
    idf = np.log1p((total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    scale = np.ones(len(chosen), np.float32)
    scale[common] = 0.1

    present = matrix.copy()
    present.data = np.ones_like(present.data)
    near = neighbours(present, frequency, total, common)

    weights = matrix.copy()
    weights.data = matrix.data * 2.2 / (matrix.data + 1.2) * idf[matrix.indices]
    weights.data = np.log1p(0.8 * weights.data) * scale[matrix.indices]
    weights.data = (weights.data * random.lognormal(0, 0.3, len(weights.data))).astype(np.float32)

    with open(os.path.join(options.out, "documents.bin"), "wb") as file:
        file.write(struct.pack("<I", total))
        written = 0
        for begin in range(0, total, 10_000):
            piece = weights[begin:begin + 10_000]
            sizes = np.clip(random.normal(150, 25, piece.shape[0]), 100, 200).astype(int)
            written += write(file, expanded(piece, near, sizes))

    queries = []
    for document in random.choice(total, options.queries, replace=False):
        terms = matrix.indices[matrix.indptr[document]:matrix.indptr[document + 1]]
        likely = idf[terms] * scale[terms] + 1e-3
        drawn = random.choice(terms, min(len(terms), int(random.integers(3, 9))), replace=False, p=likely / likely.sum())
        row = np.log1p(0.8 * idf[drawn]) * scale[drawn] * random.lognormal(0, 0.3, len(drawn))
        queries.append((drawn, row.astype(np.float32)))
    pointers = np.cumsum([0] + [len(t) for t, _ in queries])
    own = sp.csr_matrix((np.concatenate([w for _, w in queries]), np.concatenate([t for t, _ in queries]), pointers), (len(queries), len(chosen)))
    own.sort_indices()
    with open(os.path.join(options.out, "queries.bin"), "wb") as file:
        file.write(struct.pack("<I", len(queries)))
        asked = write(file, expanded(own, near, random.integers(20, 41, len(queries))))
    lengths = f"{written / total:.1f} terms a document, {asked / len(queries):.1f} a query"
    print(f"{total} documents, {len(queries)} queries, {len(chosen)} terms; {lengths}")


if __name__ == "__main__":
    main()
