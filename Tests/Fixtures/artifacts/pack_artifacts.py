#!/usr/bin/env python3
"""Lays models out as OpenSearch's artifact host does, below a folder that any HTTP server can serve.

    pip install numpy
    python3 pack_artifacts.py OUT

OUT/model_listing/pre_trained_models.json lists them; OUT/NAME/VERSION/torch_script has config.json and the zip of a TorchScript
file, tokenizer.json and LICENSE. The TorchScript files are those of make_artifacts.py, with the weights put in again: the
starter cross-encoder's, all-MiniLM-L6-v2's (.cache/models, from scripts/fetch-test-models) and a small sparse encoder's.
"""
import dataclasses
import hashlib
import io
import json
import pathlib
import struct
import sys
import zipfile

import numpy as np

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]
KINDS = {"F32": np.float32, "F16": np.float16, "I8": np.int8, "I64": np.int64}


@dataclasses.dataclass
class Artifact:
    name: str
    version: str
    function: str
    config: dict | None
    # The folders with the weights and with tokenizer.json.
    weights: pathlib.Path | None
    tokenizer: pathlib.Path
    skeleton: str | None = None

    @property
    def path(self):
        return f"{self.name}/{self.version}/torch_script"

    @property
    def zip_name(self):
        return f"{self.name.split('/', 1)[1].replace('/', '_')}-{self.version}-torch_script.zip"


MINILM = root / ".cache/models/all-MiniLM-L6-v2"
STARTER = root / "Models/starter-cross-encoder"
# The descriptions say no more than the originals do: that of a cross-encoder has no sizes, that of a sparse model nothing at all.
CROSS_ENCODER = Artifact(
    "huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2", "1.0.2", "TEXT_SIMILARITY",
    {"model_type": "bert", "embedding_dimension": 1, "framework_type": "huggingface_transformers",
     "all_config": "{\"total_chunks\":9}"}, STARTER, STARTER, "cross-encoder.skeleton.zip")
DENSE = Artifact(
    "huggingface/sentence-transformers/all-MiniLM-L6-v2", "1.0.2", "TEXT_EMBEDDING",
    {"model_type": "bert", "embedding_dimension": 384, "framework_type": "sentence_transformers", "pooling_mode": "MEAN",
     "normalize_result": True}, MINILM, MINILM, "dense.skeleton.zip")
SPARSE = Artifact(
    "amazon/neural-sparse/opensearch-neural-sparse-encoding-v2-distill", "1.0.0", "SPARSE_ENCODING", None, here / "sparse",
    here / "sparse", "sparse.skeleton.zip")
TOKENIZER = Artifact(
    "amazon/neural-sparse/opensearch-neural-sparse-tokenizer-v1", "1.0.1", "SPARSE_TOKENIZE", None, None, here / "sparse")
ALL = [CROSS_ENCODER, DENSE, SPARSE, TOKENIZER]


def load(path):
    """The tensors of a safetensors file in float32; int8 rows are multiplied by their scales."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    stored = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            stored[name] = np.frombuffer(data[8 + length + start:8 + length + end], KINDS[entry["dtype"]]).reshape(entry["shape"])
    tensors = {}
    for name, value in stored.items():
        if name.endswith("_scale") and name.removesuffix("_scale") in stored:
            continue
        scale = stored.get(name + "_scale")
        if value.dtype == np.int64:
            tensors[name] = value
        else:
            tensors[name] = value.astype(np.float32) if scale is None else value.astype(np.float32) * scale[:, None]
    return tensors


def save(path, tensors):
    """Writes a safetensors file of float16 tensors."""
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(
        struct.pack("<Q", len(text)) + text + b"".join(np.ascontiguousarray(v).tobytes() for v in tensors.values()))


def torch_script(skeleton, weights):
    """A TorchScript file: entries stored, each at a multiple of 64 bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(skeleton) as source, zipfile.ZipFile(out, "w") as target:
        storages = json.loads(source.read("storages.json"))
        entries = [(name, source.read(name)) for name in source.namelist() if name != "storages.json"]
        entries += [(name, np.ascontiguousarray(weights[tensor]).tobytes()) for name, tensor in storages.items()]
        for name, data in entries:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            padding = -(out.tell() + 30 + len(name) + 4) % 64
            entry.extra = struct.pack("<HH", 0x4246, padding) + b"Z" * padding
            target.writestr(entry, data)
    return out.getvalue()


def fingerprint(artifact):
    """Changes with whatever an archive is made of."""
    files = [pathlib.Path(__file__), artifact.tokenizer / "tokenizer.json"]
    files += [artifact.weights / "model.safetensors", here / artifact.skeleton] if artifact.skeleton else [artifact.tokenizer / "idf.json"]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def pack(out, artifacts=None):
    """Writes the folder; archives that are there already and made of the same files stay."""
    for artifact in artifacts or ALL:
        folder = out / artifact.path
        made, mark = fingerprint(artifact), folder / ".made-of"
        if mark.exists() and mark.read_text() == made:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / artifact.zip_name
        tokenizer = json.loads((artifact.tokenizer / "tokenizer.json").read_text(encoding="utf-8"))
        if not tokenizer.get("truncation"):
            tokenizer["truncation"] = {"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0}
        with zipfile.ZipFile(archive, "w") as target:
            def add(name, data):
                target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
            if artifact.skeleton:
                weights = load(artifact.weights / "model.safetensors")
                add(artifact.name.split("/")[-1] + ".pt", torch_script(here / artifact.skeleton, weights))
            else:
                add("idf.json", (artifact.tokenizer / "idf.json").read_bytes())
            add("tokenizer.json", json.dumps(tokenizer, ensure_ascii=False, indent=2))
            add("LICENSE", (root / "LICENSE").read_bytes())
        config = artifact.config
        if artifact is DENSE:
            config = config | {"all_config": (artifact.weights / "config.json").read_text()}
        description = {
            "name": artifact.name, "version": artifact.version, "model_format": "TORCH_SCRIPT",
            "function_name": artifact.function, "description": f"{artifact.function} for tests",
            "model_content_size_in_bytes": archive.stat().st_size,
            "model_content_hash_value": hashlib.sha256(archive.read_bytes()).hexdigest(),
        }
        if config:
            description["model_config"] = config
        (folder / "config.json").write_text(json.dumps(description, indent=1))
        mark.write_text(made)
    listing = out / "model_listing/pre_trained_models.json"
    listing.parent.mkdir(exist_ok=True)
    listing.write_text(json.dumps([
        {"name": a.name, "version": [a.version], "format": ["torch_script"]} for a in ALL]))


if __name__ == "__main__":
    pack(pathlib.Path(sys.argv[1]))
