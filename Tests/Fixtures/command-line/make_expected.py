#!/usr/bin/env python3
"""Makes the expected answers of CommandLineTests with PyTorch and transformers.

    pip install torch transformers safetensors sentence-transformers
    python3 make_expected.py [--minilm ../../../.cache/models/all-MiniLM-L6-v2]

requests.jsonl is written as well: the first results of the example collection for eight queries, one long text and an empty
one. rerank.expected.jsonl holds the logits of Models/starter-cross-encoder (weights multiplied out, float32);
embed.expected.jsonl vectors of all-MiniLM-L6-v2; tokenize.expected.jsonl what its tokenizer gives.
"""
import argparse
import json
import pathlib

import torch
from safetensors.numpy import load_file
from transformers import AutoTokenizer, BertForSequenceClassification

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TEXTS = [
    "Needletail reranks search results.", "", "naïve café, 東京タワー! 👩‍👩‍👧", "word " * 400, "  \t tabs and blanks  ",
    "e = mc², x ≤ 10 °C", "Ünïcödé strips accents",
]


def requests():
    folder = ROOT / "Examples" / "packages"
    documents = {d["_id"]: d for d in map(json.loads, open(folder / "corpus.jsonl", encoding="utf-8"))}
    queries = {q["_id"]: q["text"] for q in map(json.loads, open(folder / "queries.jsonl", encoding="utf-8"))}
    hits = {}
    for line in open(folder / "bm25.run", encoding="utf-8"):
        query, _, document, *_ = line.split()
        hits.setdefault(query, []).append(document)
    for query in sorted(hits)[::40]:
        picked = [documents[d] for d in hits[query][:6]]
        yield {
            "query": queries[query],
            "documents": [{"id": d["_id"], "title": d["title"], "text": d["text"]} for d in picked]
        }
    yield {"query": "long and empty", "texts": ["long " * 700, ""]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minilm", default=str(ROOT / ".cache" / "models" / "all-MiniLM-L6-v2"))
    minilm = parser.parse_args().minilm
    torch.set_num_threads(1)

    folder = ROOT / "Models" / "starter-cross-encoder"
    stored = load_file(folder / "model.safetensors")
    weights = {}
    for name, value in stored.items():
        if name.endswith("_scale"):
            continue
        scale = stored.get(name + "_scale")
        value = value.astype("float32")
        weights[name] = torch.from_numpy(value if scale is None else value * scale[:, None])
    config = BertForSequenceClassification.config_class.from_pretrained(folder)
    model = BertForSequenceClassification(config).eval()
    missing = model.load_state_dict(weights, strict=False)
    assert not missing.missing_keys or all("position_ids" in k for k in missing.missing_keys), missing
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with open(HERE / "requests.jsonl", "w", encoding="utf-8") as lines, \
            open(HERE / "rerank.expected.jsonl", "w", encoding="utf-8") as expected, torch.inference_mode():
        for request in requests():
            print(json.dumps(request, ensure_ascii=False), file=lines)
            texts = request.get("texts") or [(d["title"] + " " + d["text"]).strip() for d in request["documents"]]
            logits, tokens = [], 0
            for text in texts:
                # Lists, as sentence-transformers does: a lone empty text would count as no text at all.
                encoded = tokenizer([request["query"]], [text], truncation=True, max_length=256, return_tensors="pt")
                tokens += encoded["input_ids"].shape[1]
                logits.append(round(float(model(**encoded).logits[0, 0]), 6))
            print(json.dumps({"logits": logits, "tokens": tokens}), file=expected)

    tokenizer = AutoTokenizer.from_pretrained(minilm)
    with open(HERE / "texts.jsonl", "w", encoding="utf-8") as lines, \
            open(HERE / "tokenize.expected.jsonl", "w", encoding="utf-8") as expected:
        for text in TEXTS:
            print(json.dumps(text, ensure_ascii=False), file=lines)
            encoded = tokenizer._tokenizer if hasattr(tokenizer, "_tokenizer") else tokenizer.backend_tokenizer
            encoded.no_truncation()
            encoded.no_padding()
            result = encoded.encode(text)
            print(json.dumps({"ids": result.ids, "tokens": result.tokens, "offsets": result.offsets}, ensure_ascii=False), file=expected)

    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(minilm, device="cpu")
    with open(HERE / "embed.expected.jsonl", "w", encoding="utf-8") as expected:
        for vector in encoder.encode(TEXTS, batch_size=1):
            print(json.dumps([round(float(x), 7) for x in vector]), file=expected)


main()
