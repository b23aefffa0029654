"""Makes the seeds in Fuzz/Corpus from the fixtures of the tests; the standard library is enough.

    python3 Fuzz/make_corpus.py Tests/Fixtures Fuzz/Corpus
"""

import base64
import io
import json
import pickle
import shutil
import struct
import sys
import zipfile
from pathlib import Path


def copy(files, target: Path):
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, target / file.name)


def zip_seed(target: Path, **options):
    with zipfile.ZipFile(target, "w", options.pop("compression", zipfile.ZIP_STORED)) as archive:
        archive.writestr("config.json", '{"model_type": "bert"}')
        archive.writestr("1_Pooling/", "")
        with archive.open("1_Pooling/config.json", "w", **options) as entry:
            entry.write(b'{"pooling_mode_mean_tokens": true}' * 3)


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation


def zips(target: Path):
    target.mkdir(parents=True, exist_ok=True)
    zip_seed(target / "stored.zip")
    zip_seed(target / "deflated.zip", compression=zipfile.ZIP_DEFLATED)
    zip_seed(target / "zip64.zip", force_zip64=True)
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("streamed.txt", "abc" * 20)
        archive.comment = b"a comment"
    (target / "streamed.zip").write_bytes(stream.getvalue())
    with zipfile.ZipFile(target / "empty.zip", "w"):
        pass


def pickles(target: Path, torch: Path):
    """What follows the three pickles at the head of the format before PyTorch 1.6."""
    target.mkdir(parents=True, exist_ok=True)
    keys = pickle.dumps([], 2)
    legacy = (torch / "legacy.bin").read_bytes()
    with io.BytesIO(legacy) as file:
        for _ in range(3):
            pickle.load(file)
        (target / "legacy").write_bytes(legacy[file.tell() :])
    for name in ["kinds", "checkpoint", "protocol4", "scripted"]:
        path = next(torch.glob(name + ".*[nt]"))
        with zipfile.ZipFile(path) as archive:
            (target / name).write_bytes(archive.read(name + "/data.pkl") + keys)
    values = {"a": [1, -2, 3.5, None, True, "x", b"y", (1, 2)], 10**30: {"b": {1}}, "c": frozenset([2])}
    for protocol in range(6):
        (target / f"plain{protocol}").write_bytes(pickle.dumps(values, protocol) + keys)


def tokenizers(target: Path, cases: Path):
    """Every component of the tokenizer fixtures, over a vocabulary of a few tokens, with the token names as text."""
    target.mkdir(parents=True, exist_ok=True)
    tokens = ["<unk>", "<s>", "</s>", "[CLS]", "[SEP]", "a", "b", "l", "H", " ", "ll", "##a", "<0x61>", "<0xC3>", "\u2581", "\u2581a"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    models = [
        {"type": "BPE", "unk_token": "<unk>", "byte_fallback": True, "vocab": vocabulary, "merges": [["l", "l"], ["\u2581", "a"]]},
        {"type": "Unigram", "unk_id": 0, "vocab": [[token, -1.0 - i] for i, token in enumerate(tokens)], "byte_fallback": True},
        {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 9, "vocab": vocabulary},
        {"type": "WordLevel", "unk_token": "<unk>", "vocab": vocabulary},
    ]
    # A character map with one entry: "a" becomes "xy".
    units = [0] * 256
    units[0], units[0x60], units[0x61] = 1 << 10, 0x61 | 1 << 8 | 1 << 10, 1 << 31
    table = base64.b64encode(struct.pack("<257I", 1024, *units) + b"xy\0").decode()
    precompiled = {"version": "1.0", "normalizer": {"type": "Precompiled", "precompiled_charsmap": table}, "model": models[1]}
    (target / "precompiled.json").write_text(json.dumps(precompiled))
    for index, path in enumerate(sorted(cases.glob("*.json"))):
        case = json.loads(path.read_text())
        if path.name.startswith("large-") or "nmt-nfkc" in path.read_text():
            continue
        case["model"] = models[index % len(models)]
        text = json.dumps(case, ensure_ascii=False, separators=(",", ":"))
        (target / path.name).write_bytes(text.encode() + b"\0Hello <s> a bbll\xc3\xa9")


MODEL_FOLDER_FILES = [
    "config.json", "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json",
    "1_Pooling/config.json", "2_Dense/config.json", "tokenizer_config.json", "router_config.json",
    "ml-commons_model_config.json", "tokenizer.json", "idf.json", "model.safetensors.index.json",
]


def model_folders(target: Path, folders: Path):
    """The files of a folder in the order in which the harness takes them apart."""
    target.mkdir(parents=True, exist_ok=True)

    def seed(name: str, files: dict):
        (target / name).write_bytes(b"\0".join(files.get(file, b"") for file in MODEL_FOLDER_FILES))

    for name in ["dense-new", "dense-old", "sparse-old", "cross-new", "cross-key3", "idf", "router-new"]:
        present = {file: folders / name / file for file in MODEL_FOLDER_FILES}
        seed(name, {file: path.read_bytes() for file, path in present.items() if path.exists() and file != "tokenizer.json"})
    config = (folders / "plain-dense" / "config.json").read_text()
    description = {
        "name": "x/opensearch-neural-sparse-encoding-doc-v3-distill", "version": "1.0.0", "model_format": "TORCH_SCRIPT",
        "function_name": "SPARSE_ENCODING",
        "model_config": {"model_type": "bert", "embedding_dimension": 8, "pooling_mode": "CLS", "normalize_result": True,
                         "framework_type": "sentence_transformers", "all_config": config},
    }
    tokenizer = {"truncation": {"max_length": 9}, "added_tokens": [{"id": 3}],
                 "model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1}}}
    index = {"weight_map": {"a": "shard.safetensors"}}
    seed("opensearch", {
        "ml-commons_model_config.json": json.dumps(description).encode(),
        "tokenizer.json": json.dumps(tokenizer).encode(), "idf.json": b'{"a":1.5}',
        "model.safetensors.index.json": json.dumps(index).encode(),
    })


def yaml_texts(target: Path, documents: Path):
    """Small documents of every style, and what the reader refuses."""
    target.mkdir(parents=True, exist_ok=True)
    texts = [json.loads(line)["yaml"] for line in documents.read_text().split("\n") if line]
    # The styles come in turn, eleven of them.
    for style in range(11):
        text = min((text for text in texts[style::11] if len(text) > 60), key=len)
        (target / f"style-{style}").write_text(text, newline="")
    (target / "refused").write_text(
        "%YAML 1.2\n---\na: &a [1, *a]\nb: &b {<<: *b, ? [x] : !!int 0x1F}\n\"q\\x41\": |2-\n   x\nc: >+\n y\n\n...\n---\nd\n")
    (target / "aliases").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: {k: *c, *a : 1}\n")
    (target / "settings").write_text("api: {host: \"::1\", port: 8080}\nlimits:\n  queue_timeout: 30s\n  # end\n")


def main(fixtures: Path, corpus: Path):
    model_folders(corpus / "modelfolder", fixtures / "modelfolders")
    torch = fixtures / "torch"
    zips(corpus / "zip")
    pickles(corpus / "pickle", torch)
    copy([torch / name for name in ["kinds.bin", "checkpoint.bin", "repacked.bin", "scripted.pt"]], corpus / "torch")
    copy([torch / name for name in ["kinds.bin.expected.safetensors", "checkpoint.bin.expected.safetensors"]], corpus / "safetensors")
    (corpus / "onnx").mkdir(exist_ok=True)
    for name in ["plain", "bert-classifier", "bert-uint8-columns", "bert-external"]:
        # The harness puts the first field, the version of the format, in front by itself.
        (corpus / "onnx" / name).write_bytes((fixtures / "onnx" / (name + ".onnx")).read_bytes()[2:])
    (corpus / "json").mkdir(exist_ok=True)
    text = '{"a":[1,-2.5e10,true,null,"\\u00e9\\ud83d\\ude00x"],"b":{"c":{}}}'
    (corpus / "json" / "values.json").write_text(text)
    yaml_texts(corpus / "yaml", fixtures / "yaml" / "documents.jsonl")
    tokenizers(corpus / "tokenizer", fixtures / "tokenizers" / "cases")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
