#!/usr/bin/env python3
"""Traced models as OpenSearch's artifact host has them, and PyTorch's answers to compare with.

    python3 -m venv .venv && .venv/bin/pip install torch transformers sentence-transformers safetensors numpy
    .venv/bin/python make_artifacts.py train     # sparse/: a small learned sparse encoder, trained on Examples/packages
    .venv/bin/python make_artifacts.py trace     # *.skeleton.zip: traced modules without their weights
    .venv/bin/python make_artifacts.py expected  # expected.json, from the archives that pack_artifacts.py makes
    .venv/bin/python make_artifacts.py tiny      # tiny/*.zip: traced modules of Tests/Fixtures/encoders/models

The modules are wrapped and traced as opensearch-py-ml 1.3 does it (SentenceTransformerModel, SparseEncodingModel, and the
CrossEncoderModel of its repository), so names, inputs and outputs are those of the originals. The weights of three models
would be 180 MB, and they are in this tree or fetched already: `trace` leaves them out and notes which tensor belongs where,
and pack_artifacts.py, which needs no PyTorch, puts them in again:

    cross-encoder   Models/starter-cross-encoder, its int8 rows multiplied out
    dense           .cache/models/all-MiniLM-L6-v2 (scripts/fetch-test-models)
    sparse          sparse/model.safetensors: DistilBERT, 2 layers, 64 wide, a vocabulary of 2,700 pieces

`train` teaches the sparse encoder to weigh a text's own tokens by how rare they are, and to add tokens that often stand in
the same texts. It is for tests: what it finds is plausible and no more. It draws numbers with a fixed seed, but sums of
several threads differ from machine to machine, so `trace` and `expected` are to be run again after it.
"""
import argparse
import collections
import hashlib
import inspect
import io
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings
import zipfile

import numpy as np
import torch

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
sys.path.insert(0, str(here))
import pack_artifacts  # noqa: E402

STARTER = root / "Models/starter-cross-encoder"
MINILM = root / ".cache/models/all-MiniLM-L6-v2"
EAGER = {"dtype": torch.float32, "attn_implementation": "eager"}


class NeuralSparseModel(torch.nn.Module):
    """opensearch-py-ml's head: the largest logit of each vocabulary entry over the positions, as log(1 + relu(x))."""

    def __init__(self, backbone_model, special_token_ids, prune_ratio=0):
        super().__init__()
        self.backbone_model = backbone_model
        self.special_token_ids = special_token_ids
        self.sparse_prune_ratio = prune_ratio

    def forward(self, input: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        mask = input["attention_mask"]
        logits = self.backbone_model(input_ids=input["input_ids"], attention_mask=mask)[0]
        values, _ = torch.max(logits * mask.unsqueeze(-1), dim=1)
        values = torch.log(1 + torch.relu(values))
        values[:, self.special_token_ids] = 0
        largest = values.max(dim=-1)[0].unsqueeze(1) * self.sparse_prune_ratio
        return {"output": values * (values > largest)}


def special_ids(tokenizer):
    return [tokenizer.vocab[token] for token in tokenizer.special_tokens_map.values()]


# Traces: one for each kind of artifact.


def trace_cross_encoder(model, tokenizer):
    features = tokenizer([["dummy sentence 1", "dummy sentence 2"]], return_tensors="pt", return_token_type_ids=True)
    inputs = {name: features[name] for name in ("input_ids", "attention_mask", "token_type_ids")}
    if "token_type_ids" not in inspect.signature(model.forward).parameters:
        del inputs["token_type_ids"]
    return torch.jit.trace(model, example_kwarg_inputs=inputs, strict=False)


def trace_pipeline(model):
    features = model.tokenizer(["today is sunny"], return_tensors="pt", padding=True, truncation=True)
    inputs = {name: features[name] for name in ("input_ids", "attention_mask")}
    return torch.jit.trace(model, (inputs,), strict=False)


def trace_sparse(backbone, tokenizer):
    features = tokenizer(["today is sunny"], return_tensors="pt", return_token_type_ids=False)
    model = NeuralSparseModel(backbone, special_ids(tokenizer)).eval()
    return torch.jit.trace(model, (dict(features),), strict=False)


def saved(module, name):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/{name}.pt"
        torch.jit.save(module, path)
        return open(path, "rb").read()


def skeleton(module, name, weights, out):
    """Writes a traced module without the storages that are among the weights; storages.json says which these are."""
    by_hash = {hashlib.sha256(np.ascontiguousarray(v, np.float32).tobytes()).hexdigest(): k for k, v in weights.items()}
    storages, left = {}, 0
    with zipfile.ZipFile(io.BytesIO(saved(module, name))) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            # Traces of where code came from, and the inputs of the trace.
            if entry.filename.endswith(".debug_pkl") or "/traced_inputs" in entry.filename:
                continue
            if "/data/" in entry.filename:
                known = by_hash.get(hashlib.sha256(data).hexdigest())
                if known:
                    storages[entry.filename] = known
                    continue
                left += len(data)
            copy = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            target.writestr(copy, data, zipfile.ZIP_DEFLATED, 9)
        names = zipfile.ZipInfo("storages.json", (1980, 1, 1, 0, 0, 0))
        target.writestr(names, json.dumps(storages), zipfile.ZIP_DEFLATED, 9)
    assert left < 100_000, f"{left} bytes of weights were not recognised"
    print(f"{out.name}: {out.stat().st_size} bytes, {len(storages)} tensors left out")


def load_sparse():
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertForMaskedLM
    tokenizer = AutoTokenizer.from_pretrained(here / "sparse")
    config = json.load(open(here / "sparse/config.json"))
    model = DistilBertForMaskedLM(DistilBertConfig(**config, attn_implementation="eager")).eval()
    weights = {k: torch.from_numpy(v) for k, v in pack_artifacts.load(here / "sparse/model.safetensors").items()}
    weights["vocab_projector.weight"] = weights["distilbert.embeddings.word_embeddings.weight"]
    print(model.load_state_dict(weights, strict=False))
    return model, tokenizer


def trace(_):
    from sentence_transformers import SentenceTransformer
    from transformers import AutoTokenizer, BertForSequenceClassification
    weights = pack_artifacts.load(STARTER / "model.safetensors")
    model = BertForSequenceClassification.from_pretrained(STARTER, **EAGER).eval()
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()}, strict=False)
    traced = trace_cross_encoder(model, AutoTokenizer.from_pretrained(STARTER))
    skeleton(traced, "ms-marco-MiniLM-L-6-v2", weights, here / "cross-encoder.skeleton.zip")

    model = SentenceTransformer(str(MINILM), device="cpu", model_kwargs=EAGER).eval()
    skeleton(trace_pipeline(model), "all-MiniLM-L6-v2", pack_artifacts.load(MINILM / "model.safetensors"),
             here / "dense.skeleton.zip")

    model, tokenizer = load_sparse()
    skeleton(trace_sparse(model, tokenizer), "opensearch-neural-sparse-encoding-v2-distill",
             pack_artifacts.load(here / "sparse/model.safetensors"), here / "sparse.skeleton.zip")


# PyTorch's answers.

QUERY = "What is the capital of the United States?"
PASSAGES = [
    "Carson City is the capital city of the American state of Nevada.",
    "The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.",
    "Washington, D.C. (also known as simply Washington or D.C., and officially as the District of Columbia) is the capital "
    "of the United States. It is a federal district.",
    "Capital punishment (the death penalty) has existed in the United States since before the United States was a country. "
    "As of 2017, capital punishment is legal in 30 of the 50 states.",
]
PAIRS = [[QUERY, passage] for passage in PASSAGES] + [
    ["Your search query here", f"Document {number} text here"] for number in (1, 2, 3)] + [
    ["crocs", title] for title in (
        "Crocs Jibbitz 5-Pack Alien Shoe Charms", "Crocs Specialist Vent Work", "Crocs Kids' Baya Clog")] + [
    ["best laptop", "Grüße aus Köln 🙂"], ["what is torch script?", "A graph. " * 400]]
TEXTS = PASSAGES + ["today is sunny", "best laptop for coding", "a text editor for programmers", "naïve café 日本語 🙂",
                    "network monitor " * 100]


def expected(_):
    from tokenizers import Tokenizer
    answers = {"pairs": PAIRS, "texts": TEXTS}
    with tempfile.TemporaryDirectory() as folder:
        pack_artifacts.pack(pathlib.Path(folder))

        def opened(artifact):
            path = pathlib.Path(folder) / artifact.path / artifact.zip_name
            with zipfile.ZipFile(path) as archive:
                model = next(name for name in archive.namelist() if name.endswith(".pt"))
                module = torch.jit.load(io.BytesIO(archive.read(model))).eval()
                return module, Tokenizer.from_str(archive.read("tokenizer.json").decode())

        def tensor(values):
            return torch.tensor([values], dtype=torch.int64)

        with torch.inference_mode():
            module, tokenizer = opened(pack_artifacts.CROSS_ENCODER)
            tokenizer.no_padding()
            encoded = [tokenizer.encode(*pair) for pair in PAIRS]
            answers["logits"] = [
                module(input_ids=tensor(e.ids), attention_mask=tensor(e.attention_mask),
                       token_type_ids=tensor(e.type_ids))["logits"].item() for e in encoded]
            module, tokenizer = opened(pack_artifacts.DENSE)
            tokenizer.no_padding()
            encoded = [tokenizer.encode(text) for text in TEXTS]
            answers["dense_ids"] = [e.ids for e in encoded]
            answers["embeddings"] = [
                [round(x, 7) for x in module({"input_ids": tensor(e.ids), "attention_mask": tensor(e.attention_mask)})
                 ["sentence_embedding"][0].tolist()] for e in encoded]
            module, tokenizer = opened(pack_artifacts.SPARSE)
            tokenizer.no_padding()
            vectors = []
            for e in (tokenizer.encode(text) for text in TEXTS):
                values = module({"input_ids": tensor(e.ids), "attention_mask": tensor(e.attention_mask)})["output"][0]
                vectors.append({tokenizer.id_to_token(i): round(values[i].item(), 6)
                                for i in torch.nonzero(values)[:, 0].tolist()})
            answers["sparse"] = vectors
            with zipfile.ZipFile(pathlib.Path(folder) / pack_artifacts.TOKENIZER.path / pack_artifacts.TOKENIZER.zip_name) as z:
                idf = json.loads(z.read("idf.json"))
            special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
            answers["tokenize"] = [{t: idf.get(t, 1.0) for t in tokenizer.encode(text).tokens if t not in special}
                                   for text in TEXTS]
    with open(here / "expected.json", "w") as file:
        json.dump(answers, file, ensure_ascii=False)
    print([round(x, 3) for x in answers["logits"]])
    for text, vector in zip(TEXTS, answers["sparse"]):
        print(len(vector), text[:40], sorted(vector.items(), key=lambda pair: -pair[1])[:12])


# The small sparse encoder.


def train(args):
    from tokenizers import Tokenizer
    from transformers import DistilBertConfig, DistilBertForMaskedLM, PreTrainedTokenizerFast
    random.seed(7)
    torch.manual_seed(7)
    torch.set_num_threads(args.threads)
    lines = [json.loads(line) for line in open(root / "Examples/packages/corpus.jsonl", encoding="utf-8")]
    texts = [line["text"] for line in lines]
    full = json.load(open(STARTER / "tokenizer.json"))
    whole = Tokenizer.from_file(str(STARTER / "tokenizer.json"))
    whole.no_truncation(), whole.no_padding()
    counts = collections.Counter(token for e in whole.encode_batch(texts) for token in set(e.tokens))
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    always = {token for text in TEXTS + [QUERY] for token in whole.encode(text).tokens}
    always |= {t for t in full["model"]["vocab"] if len(t.removeprefix("##")) == 1 and t.removeprefix("##").isascii()}
    pieces = special + sorted(
        (always | {token for token, _ in counts.most_common(2600)}) - set(special), key=full["model"]["vocab"].get)
    full["model"]["vocab"] = {piece: number for number, piece in enumerate(pieces)}
    for token in full["added_tokens"]:
        token["id"] = pieces.index(token["content"])
    post = full["post_processor"]
    for token in post.get("special_tokens", {}).values():
        token["ids"] = [pieces.index(name) for name in token["tokens"]]
    for key in ("sep", "cls"):
        if key in post:
            post[key] = [post[key][0], pieces.index(post[key][0])]
    full["truncation"] = {"direction": "Right", "max_length": 128, "strategy": "LongestFirst", "stride": 0}
    full["padding"] = None
    out = here / "sparse"
    out.mkdir(exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(full, ensure_ascii=False))
    tokenizer = Tokenizer.from_str(json.dumps(full))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=128, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]").save_pretrained(out)
    (out / "tokenizer.json").write_text(json.dumps(full, ensure_ascii=False))

    # What a text is to become: own tokens by rarity, and the company that they keep.
    ids = [e.ids for e in tokenizer.encode_batch(texts)]
    size, total = len(pieces), len(texts)
    frequency = np.zeros(size)
    for row in ids:
        frequency[list(set(row))] += 1
    idf = np.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
    seen = np.zeros((total, size), np.float32)
    for number, row in enumerate(ids):
        seen[number, row] = 1
    together = seen.T @ seen
    company = together * total / np.maximum(frequency[:, None] * frequency[None, :], 1)
    company[(together < 8) | (frequency[:, None] > total / 20)] = 0
    np.fill_diagonal(company, 0)
    weight = np.clip(idf - 1.5, 0, 5) / 5 * 2.0
    weight[:5] = 0
    target = seen * weight
    best = np.argsort(-company, axis=1)[:, :3]
    for number, row in enumerate(ids):
        for token in set(row):
            for other in best[token]:
                if company[token, other] > 8:
                    target[number, other] = max(target[number, other], 0.35 * weight[token])
    json.dump({piece: round(float(idf[i]), 4) for i, piece in enumerate(pieces) if i >= 5 and frequency[i]},
              open(out / "idf.json", "w"), ensure_ascii=False)

    config = dict(vocab_size=size, dim=64, n_layers=2, n_heads=4, hidden_dim=128, max_position_embeddings=128,
                  dropout=0.0, attention_dropout=0.0, tie_word_embeddings=True)
    json.dump(config, open(out / "config.json", "w"), indent=1)
    model = DistilBertForMaskedLM(DistilBertConfig(**config, attn_implementation="eager"))
    # A token finds itself from the start: the network hands its word vector through, and the decoder compares it with all.
    torch.nn.init.normal_(model.distilbert.embeddings.word_embeddings.weight, std=0.15)
    torch.nn.init.normal_(model.distilbert.embeddings.position_embeddings.weight, std=0.01)
    torch.nn.init.eye_(model.vocab_transform.weight)
    torch.nn.init.constant_(model.vocab_projector.bias, -2.5)
    for layer in model.distilbert.transformer.layer:
        torch.nn.init.normal_(layer.attention.out_lin.weight, std=0.02)
        torch.nn.init.normal_(layer.ffn.lin2.weight, std=0.02)
    model.train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)
    target = torch.from_numpy(target.astype(np.float32))
    for step in range(args.steps):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1, step / 100) * (1 - step / args.steps)
        # Short texts and pieces of texts, as queries are.
        rows = random.sample(range(total), 24)
        cut = [ids[row][: random.choice([8, 24, 64])] for row in rows]
        longest = max(map(len, cut))
        input_ids = torch.tensor([row + [0] * (longest - len(row)) for row in cut])
        mask = (input_ids != 0).long()
        wanted = target[rows].clone()
        for number, row in enumerate(cut):
            if len(row) < len(ids[rows[number]]):
                own = torch.zeros(size)
                own[row] = 1
                near = torch.zeros(size)
                for token in set(row):
                    for other in best[token]:
                        if company[token, other] > 8:
                            near[other] = max(near[other].item(), 0.35 * float(weight[token]))
                wanted[number] = torch.maximum(own * torch.from_numpy(weight).float(), near)
        logits = model(input_ids=input_ids, attention_mask=mask)[0]
        logits = logits.masked_fill(mask.unsqueeze(-1) == 0, -1e4)
        values, _ = torch.max(logits, dim=1)
        found = torch.log1p(torch.relu(values))
        # What is wanted and was not found has a slope, too.
        value = torch.where(wanted > 0, found + 0.2 * torch.clamp(values, max=0), found)
        loss = ((value - wanted) ** 2 * torch.where(wanted > 0, 4.0, 1.0)).sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(step, round(loss.item(), 4), flush=True)
    pack_artifacts.save(out / "model.safetensors", {
        k: v.detach().numpy().astype(np.float16) for k, v in model.state_dict().items() if k != "vocab_projector.weight"})


def tiny(_):
    """Zips without any description, and their tokenizer: what only the traced module tells."""
    from sentence_transformers import SentenceTransformer
    from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer
    models = root / "Tests/Fixtures/encoders/models"
    (here / "tiny").mkdir(exist_ok=True)
    for name in ["bert-cross", "roberta-cross", "distilbert-splade", "bert-dense", "mpnet-dense"]:
        folder = models / name
        if name.endswith("dense"):
            module = trace_pipeline(SentenceTransformer(str(folder), device="cpu", model_kwargs=EAGER).eval())
        else:
            kind = AutoModelForSequenceClassification if name.endswith("cross") else AutoModelForMaskedLM
            model = kind.from_pretrained(folder, **EAGER).eval()
            tokenizer = AutoTokenizer.from_pretrained(folder)
            module = trace_cross_encoder(model, tokenizer) if name.endswith("cross") else trace_sparse(model, tokenizer)
        settings = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        longest = json.loads((folder / "tokenizer_config.json").read_text())["model_max_length"]
        settings["truncation"] = {"direction": "Right", "max_length": longest, "strategy": "LongestFirst", "stride": 0}
        with zipfile.ZipFile(here / f"tiny/{name}.zip", "w") as archive:
            stripped = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(saved(module, name))) as source, zipfile.ZipFile(stripped, "w") as target:
                for entry in source.infolist():
                    if not entry.filename.endswith(".debug_pkl") and "/traced_inputs" not in entry.filename:
                        target.writestr(zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), source.read(entry))
            for inner, data in ((f"{name}.pt", stripped.getvalue()), ("tokenizer.json", json.dumps(settings).encode())):
                archive.writestr(zipfile.ZipInfo(inner, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["train", "trace", "expected", "tiny"])
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    globals()[arguments.step](arguments)
