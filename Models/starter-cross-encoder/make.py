#!/usr/bin/env python3
"""Makes this folder from the trained model in float16: every matrix becomes int8 with one scale for each row.

    pip install numpy safetensors                       # and, for --compare: torch transformers
    python3 make.py SOURCE_FOLDER [--out .] [--compare EXAMPLE_FOLDER]

SOURCE_FOLDER is a Hugging Face folder (config.json, tokenizer.json, model.safetensors). A matrix X [N, K] is stored as int8
under its own name, and beside it X_scale [N] in float32: value = int8 * scale of its row. The scale of a row is the one of
48 candidates, from 100 % down to 53 % of "largest magnitude / 127", with the least squared error. Vectors (biases,
normalisation) stay float16.

--compare takes a BEIR folder with a first-stage list bm25.run, scores 500 of its pairs in PyTorch with the weights before
and after, in float32, and prints how far the logits are apart.
"""
import argparse
import json
import pathlib
import shutil

import numpy as np
from safetensors.numpy import load_file, save_file


def quantise(matrix):
    """int8 rows and their float32 scales."""
    matrix = matrix.astype(np.float32)
    largest = np.abs(matrix).max(axis=1)
    best_error = np.full(matrix.shape[0], np.inf, np.float32)
    best_scale = np.ones(matrix.shape[0], np.float32)
    for step in range(48):
        scale = np.where(largest > 0, largest * (1 - step / 100) / 127, 1).astype(np.float32)
        restored = np.clip(np.rint(matrix / scale[:, None]), -127, 127) * scale[:, None]
        error = ((restored - matrix) ** 2).sum(axis=1)
        better = error < best_error
        best_error[better], best_scale[better] = error[better], scale[better]
    return np.clip(np.rint(matrix / best_scale[:, None]), -127, 127).astype(np.int8), best_scale


def compare(source, before, after, folder):
    import torch
    from transformers import AutoTokenizer, BertForSequenceClassification

    torch.set_num_threads(1)
    documents = {d["_id"]: d for d in map(json.loads, open(folder / "corpus.jsonl", encoding="utf-8"))}
    queries = {q["_id"]: q["text"] for q in map(json.loads, open(folder / "queries.jsonl", encoding="utf-8"))}
    lines = [line.split() for line in open(folder / "bm25.run", encoding="utf-8")]
    lines = lines[:: len(lines) // 500][:500]
    tokenizer = AutoTokenizer.from_pretrained(source)
    logits = []
    for weights in (before, after):
        model = BertForSequenceClassification.from_pretrained(source, dtype=torch.float32).eval()
        model.load_state_dict({k: torch.from_numpy(v.astype(np.float32)) for k, v in weights.items()}, strict=False)
        with torch.inference_mode():
            scores = []
            for query, _, document, *_ in lines:
                text = (documents[document]["title"] + " " + documents[document]["text"]).strip()
                encoded = tokenizer(queries[query], text, truncation=True, max_length=512, return_tensors="pt")
                scores.append(float(model(**encoded).logits[0, 0]))
        logits.append(np.array(scores))
    difference = np.abs(logits[1] - logits[0])
    print(
        f"{len(lines)} pairs: logits from {logits[0].min():.2f} to {logits[0].max():.2f}; "
        f"difference mean {difference.mean():.4f}, 95 % {np.quantile(difference, 0.95):.4f}, max {difference.max():.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--compare", type=pathlib.Path)
    arguments = parser.parse_args()

    before = load_file(arguments.source / "model.safetensors")
    stored, after = {}, {}
    for name, tensor in before.items():
        if tensor.ndim == 2 and tensor.shape[0] > 1:
            stored[name], stored[name + "_scale"] = quantise(tensor)
            after[name] = stored[name] * stored[name + "_scale"][:, None]
        else:
            stored[name] = after[name] = tensor.astype(np.float16)
    arguments.out.mkdir(parents=True, exist_ok=True)
    metadata = {"format": "pt", "quantization": "int8 per row: X holds int8, X_scale float32; value = X * X_scale[row]"}
    save_file(stored, arguments.out / "model.safetensors", metadata)
    config = json.loads((arguments.source / "config.json").read_text())
    config.pop("torch_dtype", None)
    config["dtype"] = "float32"
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copyfile(arguments.source / name, arguments.out / name)
    size = sum(file.stat().st_size for file in arguments.out.iterdir() if file.is_file())
    print(f"{len(stored)} tensors, folder {size / 1e6:.1f} MB")
    if arguments.compare:
        compare(arguments.source, before, after, arguments.compare)


main()
