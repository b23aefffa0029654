#!/usr/bin/env python3
"""Loads folders and archives that ModelExport wrote, and compares what they compute with the models that they were made from.

    python check_exports.py DRIVER SOURCE...
    python check_exports.py --load FOLDER VECTORS      # another version of sentence-transformers, in a process of its own

DRIVER is the program of Tests/ExportDriver. Each SOURCE is a model folder that sentence-transformers loads. It is written as
a folder, then that as archives for OpenSearch, and these are loaded by sentence-transformers, by transformers and by ONNX
Runtime, which is given what the translators of ml-commons give it. --old PYTHONPATH names a folder with an older version of
sentence-transformers, which must load the folder and compute the same. Bounds: cosine of dense vectors >= 0.99999; sparse
weights within 1e-3 with the same tokens; logits within 1e-4.
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import warnings
import zipfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder  # noqa: E402

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)

TEXTS = [
    "a fast text editor for programmers with syntax colouring",
    "editor",
    "which program draws curves?",
    "Die schöne Müllerin, ça va? naïve café",
    "日本語 text and 🙂 emoji",
    "network monitor that shows which process uses how much bandwidth, and when. " * 9,
]
QUERIES = ["text editor", "how do i find photos", "curves and surfaces"]


class Checks:
    def __init__(self):
        self.failed = 0

    def __call__(self, ok, what):
        if not ok:
            self.failed += 1
        print(f"  {'ok  ' if ok else 'FAIL'} {what}")


check = Checks()


def kind(folder):
    """What a folder is for, as its own files say."""
    pipeline = f"{folder}/config_sentence_transformers.json"
    stated = json.load(open(pipeline)).get("model_type") if os.path.exists(pipeline) else None
    if stated:
        return {"SparseEncoder": "sparse", "CrossEncoder": "cross-encoder"}.get(stated, "dense")
    modules = open(f"{folder}/modules.json").read() if os.path.exists(f"{folder}/modules.json") else ""
    if "SpladePooling" in modules or "Router" in modules:
        return "sparse"
    if modules:
        return "dense"
    names = json.load(open(f"{folder}/config.json")).get("architectures", [""])[0]
    if "SequenceClassification" in names:
        return "cross-encoder"
    return "sparse" if "MaskedLM" in names or os.path.exists(f"{folder}/idf.json") else "dense"


def vectors(folder, task):
    """What sentence-transformers computes with a folder; rows of texts, then rows of queries."""
    if task == "cross-encoder":
        model = CrossEncoder(folder)
        pairs = [(query, text) for query in QUERIES for text in TEXTS]
        # Version 5 keeps the activation that it was given.
        default = model.predict(pairs, convert_to_numpy=True)
        return np.stack([model.predict(pairs, activation_fn=torch.nn.Identity(), convert_to_numpy=True), default])
    if task == "sparse":
        model = SparseEncoder(folder)
        parts = [model.encode_document(TEXTS), model.encode_query(QUERIES)]
        return torch.cat([part.to_dense() for part in parts]).cpu().numpy()
    model = SentenceTransformer(folder)
    parts = [model.encode(TEXTS), model.encode(TEXTS, prompt_name="query")] if "query" in model.prompts else [model.encode(TEXTS)]
    return np.concatenate(parts)


def cosine(left, right):
    left, right = left.astype(float), right.astype(float)
    return (left * right).sum(-1) / (np.linalg.norm(left, axis=-1) * np.linalg.norm(right, axis=-1))


def compare(task, expected, actual, what):
    if expected.shape != actual.shape:
        return check(False, f"{what}: shape {actual.shape}, {expected.shape} were expected")
    if task == "dense":
        least = cosine(expected, actual).min()
        check(least >= 0.99999, f"{what}: least cosine {least:.7f}")
    elif task == "sparse":
        largest = np.abs(expected - actual).max()
        tokens = ((expected > 1e-5) != (actual > 1e-5)).sum()
        check(largest <= 1e-3 and tokens == 0, f"{what}: largest difference {largest:.2e}, other tokens {tokens}")
    else:
        largest = np.abs(expected - actual).max()
        check(largest <= 1e-4, f"{what}: largest difference {largest:.2e}")


def auto_model(task):
    return {
        "dense": transformers.AutoModel,
        "sparse": transformers.AutoModelForMaskedLM,
        "cross-encoder": transformers.AutoModelForSequenceClassification,
    }[task]


def check_transformers(folder, source, task):
    """transformers finds all weights and no other ones, and the same outputs."""
    place = f"{folder}/document_0_MLMTransformer" if os.path.exists(f"{folder}/router_config.json") else folder
    model, info = auto_model(task).from_pretrained(place, output_loading_info=True)
    # The pooler of a dense encoder is not part of its output, and may be missing.
    missing = [key for key in info["missing_keys"] if not (task == "dense" and "pooler" in key)]
    rest = list(info["unexpected_keys"]) + list(info.get("mismatched_keys", []))
    check(not missing and not rest, f"transformers: {len(missing)} missing, {len(rest)} unexpected tensors {missing[:2]} {rest[:2]}")
    check(all(p.dtype == torch.float32 for p in model.parameters()), "transformers: float32")
    tokenizer = transformers.AutoTokenizer.from_pretrained(place)
    length = json.load(open(f"{place}/config.json"))["max_position_embeddings"] - 4
    inputs = tokenizer(TEXTS, padding=True, truncation=True, max_length=length, return_tensors="pt")
    with torch.no_grad():
        actual = model.eval()(**inputs)[0]
    origin = f"{source}/document_0_Transformer" if os.path.exists(f"{source}/document_0_Transformer") else source
    if os.path.exists(f"{origin}/config.json"):
        original = auto_model(task).from_pretrained(origin, dtype=torch.float32).eval()
        with torch.no_grad():
            expected = original(**inputs)[0]
        difference = (expected - actual).abs().max().item()
        check(difference <= 1e-5, f"transformers: largest difference of outputs {difference:.2e}")


def translate(archive, task, config):
    """Runs an archive as ml-commons does: ids, mask and types by name, one text or pair at a time."""
    import onnxruntime
    from tokenizers import Tokenizer

    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        graph = next(name for name in files.namelist() if name.endswith(".onnx"))
        session = onnxruntime.InferenceSession(files.read(graph), providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_str(files.read("tokenizer.json").decode())
        assert json.loads(files.read("tokenizer.json"))["truncation"]
        inner = json.loads(files.read("ml-commons_model_config.json"))
    assert all(config[key] == value for key, value in inner.items())
    names = [value.name for value in session.get_inputs()]
    rows = []

    def run(encoding, expected):
        inputs = {"ids": encoding.ids, "mask": encoding.attention_mask, "types": encoding.type_ids}
        assert set(names) == set(expected.values()), names
        return session.run(None, {name: np.array([inputs[key]]) for key, name in expected.items()})[0]

    model = config["model_config"]
    if task == "dense":
        expected = {"ids": "input_ids", "mask": "attention_mask"}
        if model["model_type"] in ("bert", "albert"):
            expected["types"] = "token_type_ids"
        for text in TEXTS:
            tokens = run(tokenizer.encode(text), expected)[0]
            vector = {
                "MEAN": lambda: tokens.mean(0), "CLS": lambda: tokens[0], "MAX": lambda: tokens.max(0),
                "MEAN_SQRT_LEN": lambda: tokens.sum(0) / np.sqrt(len(tokens)),
                "WEIGHTED_MEAN": lambda: np.average(tokens, axis=0, weights=np.arange(1, len(tokens) + 1)),
            }[model["pooling_mode"]]()
            rows.append(vector / np.linalg.norm(vector) if model["normalize_result"] else vector)
    elif task == "sparse":
        for text in TEXTS:
            rows.append(run(tokenizer.encode(text), {"ids": "input1.input_ids", "mask": "input1.attention_mask"})[0])
    else:
        expected = {"ids": "input_ids", "mask": "attention_mask", "types": "token_type_ids"}
        for query in QUERIES:
            for text in TEXTS:
                rows.append(run(tokenizer.encode(query, text), expected)[0])
        # All pairs at once, padded: the mask hides what is behind a text's end.
        tokenizer.enable_padding()
        padded = tokenizer.encode_batch([(QUERIES[0], text) for text in TEXTS])
        keys = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        at_once = session.run(None, {name: np.array([getattr(e, key) for e in padded]) for name, key in keys.items()})[0]
        difference = np.abs(at_once - np.stack(rows[: len(TEXTS)])).max()
        check(difference <= 1e-4, f"ONNX Runtime: largest difference of a padded batch {difference:.2e}")
    return np.stack(rows)


def check_archives(packages, folder, task, expected):
    import onnx

    for package in packages:
        data = open(package["path"], "rb").read()
        register = json.load(open(package["path"][: -len(".zip")] + ".register.json"))
        check(
            hashlib.sha256(data).hexdigest() == package["digest"] == register["model_content_hash_value"]
            and len(data) == register["model_content_size_in_bytes"],
            f"{os.path.basename(package['path'])}: digest and size",
        )
        if package["function"] == "SPARSE_TOKENIZE":
            with zipfile.ZipFile(package["path"]) as files:
                idf = json.loads(files.read("idf.json"))
            vocabulary = transformers.AutoTokenizer.from_pretrained(f"{folder}/query_0_SparseStaticEmbedding").get_vocab()
            check(set(idf) == set(vocabulary), f"idf.json: {len(idf)} of {len(vocabulary)} tokens")
            continue
        with zipfile.ZipFile(package["path"]) as files:
            graph = next(name for name in files.namelist() if name.endswith(".onnx"))
            onnx.checker.check_model(onnx.load_from_string(files.read(graph)), full_check=True)
        actual = translate(package["path"], task, register)
        if task == "cross-encoder":
            compare(task, expected[0], actual.reshape(expected[0].shape), "ONNX Runtime")
        else:
            compare(task, expected[: len(TEXTS)], actual, "ONNX Runtime")


def run(driver, *arguments):
    done = subprocess.run([driver, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout.strip()


def check_source(driver, source, scratch, old):
    task = kind(source)
    print(f"{os.path.basename(source)}: {task}")
    folder = f"{scratch}/{os.path.basename(source)}"
    code, text = run(driver, "folder", source, folder, task)
    if code:
        return check(False, f"the folder is not written: {text}")
    expected = vectors(source, task)
    compare(task, expected, vectors(folder, task), "sentence-transformers")
    check_transformers(folder, source, task)
    if old:
        out = f"{folder}.npy"
        environment = os.environ | {"PYTHONPATH": old}
        done = subprocess.run([sys.executable, __file__, "--load", folder, out], env=environment, capture_output=True, text=True)
        if done.returncode:
            check(False, f"older sentence-transformers: {done.stderr.strip().splitlines()[-1]}")
        else:
            # Versions differ in what they take for the end of a prompt where it is left out of the pooling.
            rows = len(TEXTS) if task == "dense" else len(expected)
            compare(task, expected[:rows], np.load(out)[:rows], f"sentence-transformers {done.stdout.strip().splitlines()[-1]}")
    code, text = run(driver, "opensearch", folder, folder + ".opensearch", "tests/" + os.path.basename(source))
    if code:
        return check("ML Commons" in text, f"no archive: {text}")
    check_archives([json.loads(line) for line in text.splitlines()], folder, task, expected)


def check_full_disk(driver, source, scratch):
    """A file that cannot grow ends the export with an error and without remains, as a full disk does."""
    print("a full disk")
    for kilobytes, action in [(1, "folder"), (64, "folder"), (64, "opensearch")]:
        folder = f"{scratch}/full-{action}-{kilobytes}"
        os.makedirs(folder)
        command = f'trap "" XFSZ; ulimit -f {kilobytes}; exec "$0" "$@"'
        arguments = [driver, action, source, f"{folder}/written", "dense" if action == "folder" else "tests/full"]
        done = subprocess.run(["bash", "-c", command, *arguments], capture_output=True, text=True)
        check(
            done.returncode == 1 and "File too large" in done.stdout and os.listdir(folder) == [],
            f"{action}: {done.stdout.strip()}, left {os.listdir(folder)}",
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", help="a folder with an older version of sentence-transformers")
    parser.add_argument("--load", nargs=2, metavar=("FOLDER", "VECTORS"))
    parser.add_argument("driver", nargs="?")
    parser.add_argument("sources", nargs="*")
    arguments = parser.parse_args()
    if arguments.load:
        import sentence_transformers

        np.save(arguments.load[1], vectors(arguments.load[0], kind(arguments.load[0])))
        return print(sentence_transformers.__version__)
    with tempfile.TemporaryDirectory() as scratch:
        for source in arguments.sources[:1]:
            check_full_disk(arguments.driver, source, scratch)
        for source in arguments.sources:
            check_source(arguments.driver, source.rstrip("/"), scratch, arguments.old)
    print(f"{check.failed} checks failed" if check.failed else "all checks passed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
