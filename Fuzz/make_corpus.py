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


def main(fixtures: Path, corpus: Path):
    torch = fixtures / "torch"
    zips(corpus / "zip")
    pickles(corpus / "pickle", torch)
    copy([torch / name for name in ["kinds.bin", "checkpoint.bin", "repacked.bin", "scripted.pt"]], corpus / "torch")
    copy([torch / name for name in ["kinds.bin.expected.safetensors", "checkpoint.bin.expected.safetensors"]], corpus / "safetensors")
    (corpus / "json").mkdir(exist_ok=True)
    text = '{"a":[1,-2.5e10,true,null,"\\u00e9\\ud83d\\ude00x"],"b":{"c":{}}}'
    (corpus / "json" / "values.json").write_text(text)
    tokenizers(corpus / "tokenizer", fixtures / "tokenizers" / "cases")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
