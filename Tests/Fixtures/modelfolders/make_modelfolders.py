"""Writes the tiny model folders of this directory, and what sentence-transformers makes of them (expected.json).

    pip install "sentence-transformers==6.2" "transformers==5.23" torch safetensors
    python make_modelfolders.py [DIRECTORY]

The weights are random and the vocabulary is a dozen tokens: only names, shapes and configuration matter here. Folders named
*-new are as sentence-transformers 6.2 saves them; *-old are the same models in the words of versions 2 to 4, written by hand.
Every folder is loaded again by sentence-transformers, and its answers are written down as the expectation.
"""

import json
import os
import shutil
import sys
import tempfile
import zipfile

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    BertTokenizerFast,
    RobertaConfig,
    RobertaModel,
)
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.base.modules import Dense, Normalize, Router, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding, SpladePooling

torch.set_num_threads(1)
torch.manual_seed(1)
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefgh")
SIZES = dict(
    vocab_size=len(VOCABULARY),
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    max_position_embeddings=32,
)
scratch = tempfile.mkdtemp()
with open(f"{scratch}/vocab.txt", "w") as file:
    file.write("\n".join(VOCABULARY) + "\n")


def tokenizer(limit=32):
    return BertTokenizerFast(f"{scratch}/vocab.txt", model_max_length=limit)


def base(name, model, limit=32):
    model.save_pretrained(f"{scratch}/{name}")
    tokenizer(limit).save_pretrained(f"{scratch}/{name}")
    return f"{scratch}/{name}"


def fresh(name):
    path = f"{OUT}/{name}"
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def read(path):
    with open(path) as file:
        return json.load(file)


def copied(source, name, files):
    path = fresh(name)
    for file in files:
        shutil.copy(f"{source}/{file}", f"{path}/{file}")
    return path


BERT = base("bert", BertModel(BertConfig(**SIZES)))
MLM = base("mlm", BertForMaskedLM(BertConfig(**SIZES)))
CLASSIFIER = base("classifier", BertForSequenceClassification(BertConfig(num_labels=1, **SIZES)))
THREE = base("three", BertForSequenceClassification(BertConfig(num_labels=3, **SIZES)))
HALF = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]

# As version 6.2 saves them.
SentenceTransformer(
    modules=[Transformer(BERT), Pooling(8, pooling_mode=("cls", "mean")), Dense(16, 4), Normalize()],
    prompts={"query": "query: ", "document": "passage: "},
    default_prompt_name="query",
    similarity_fn_name="dot",
).save(fresh("dense-new"))
SparseEncoder(
    modules=[Transformer(MLM, transformer_task="fill-mask"), SpladePooling("sum", activation_function="log1p_relu")]
).save(fresh("sparse-new"))
SparseEncoder(
    modules=[
        Router.for_query_document(
            query_modules=[SparseStaticEmbedding(tokenizer(), weight=torch.arange(13, dtype=torch.float32) / 4)],
            document_modules=[Transformer(MLM, transformer_task="fill-mask"), SpladePooling("max")],
        )
    ]
).save(fresh("router-new"))
CrossEncoder(CLASSIFIER, max_length=20).save(fresh("cross-new"))
CrossEncoder(CLASSIFIER, activation_fn=torch.nn.Identity()).save(fresh("cross-identity-new"))

# The same in the words of versions 2 to 4.
OLD = "sentence_transformers.models"
path = copied(BERT, "dense-old", HALF)
write(
    f"{path}/modules.json",
    [
        {"idx": 0, "name": "0", "path": "", "type": f"{OLD}.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{OLD}.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Dense", "type": f"{OLD}.Dense"},
        {"idx": 3, "name": "3", "path": "3_Normalize", "type": f"{OLD}.Normalize"},
    ],
)
write(
    f"{path}/1_Pooling/config.json",
    {
        "word_embedding_dimension": 8,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": True,
        "pooling_mode_mean_sqrt_len_tokens": False,
    },
)
write(
    f"{path}/2_Dense/config.json",
    {"in_features": 16, "out_features": 4, "bias": True, "activation_function": "torch.nn.modules.linear.Identity"},
)
dense = load_file(f"{OUT}/dense-new/2_Dense/model.safetensors")
torch.save(dense, f"{path}/2_Dense/pytorch_model.bin")
write(f"{path}/sentence_roberta_config.json", {"max_seq_length": 24, "do_lower_case": True})
write(f"{path}/config_sentence_transformers.json", {"__version__": {"sentence_transformers": "2.0.0"}})

path = copied(MLM, "sparse-old", HALF)
SPARSE = "sentence_transformers.sparse_encoder.models"
write(
    f"{path}/modules.json",
    [
        {"idx": 0, "name": "0", "path": "", "type": f"{SPARSE}.MLMTransformer"},
        {"idx": 1, "name": "1", "path": "1_SpladePooling", "type": f"{SPARSE}.SpladePooling"},
    ],
)
write(
    f"{path}/1_SpladePooling/config.json",
    {"pooling_strategy": "max", "activation_function": "relu", "word_embedding_dimension": 13},
)
write(f"{path}/sentence_bert_config.json", {"max_seq_length": 28, "do_lower_case": False})
write(
    f"{path}/config_sentence_transformers.json",
    {"model_type": "SparseEncoder", "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "dot"},
)

for name, extra in {
    "cross-plain": {},
    "cross-key4": {"sentence_transformers": {"activation_fn": "torch.nn.modules.linear.Identity", "version": "4.1.0"}},
    "cross-key3": {"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"},
    "cross-untrusted": {"sentence_transformers": {"activation_fn": "os.abort", "version": "4.1.0"}},
}.items():
    path = copied(CLASSIFIER, name, HALF)
    write(f"{path}/config.json", read(f"{path}/config.json") | extra)
copied(THREE, "cross-three", HALF)
copied(BERT, "plain-dense", HALF)
copied(MLM, "plain-mlm", HALF)

# Positions of the RoBERTa family start behind the padding token; a tokenizer without a limit says 1e30.
path = base("roberta", RobertaModel(RobertaConfig(pad_token_id=0, **SIZES)), limit=int(1e30))
copied(path, "plain-roberta", HALF)

# Shards.
path = copied(BERT, "sharded", ["config.json", "tokenizer.json", "tokenizer_config.json"])
tensors = load_file(f"{BERT}/model.safetensors")
names = sorted(tensors)
weight_map = {}
for number, part in enumerate([names[::2], names[1::2]], 1):
    shard = f"model-{number:05}-of-00002.safetensors"
    save_file({name: tensors[name] for name in part}, f"{path}/{shard}", {"format": "pt"})
    weight_map |= {name: shard for name in part}
write(f"{path}/model.safetensors.index.json", {"metadata": {"total_size": 0}, "weight_map": weight_map})

# A tokenizer with query weights alone.
path = copied(MLM, "idf", ["tokenizer.json", "tokenizer_config.json"])
write(f"{path}/idf.json", {"a": 1.5, "b": 0.25, "[UNK]": 0.0})

# Archives as OpenSearch registers them: one with its description beside it, one with it inside.
path = fresh("opensearch")


class LastHiddenState(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.auto_model = BertModel.from_pretrained(BERT, attn_implementation="eager")

    def forward(self, input_ids, attention_mask):
        return self.auto_model(input_ids, attention_mask).last_hidden_state


tokens = torch.ones(1, 4, dtype=torch.int64)
torch.jit.trace(LastHiddenState().eval(), (tokens, tokens), strict=False).save(f"{scratch}/tiny.pt")
truncated = read(f"{BERT}/tokenizer.json") | {
    "truncation": {"direction": "Right", "max_length": 17, "strategy": "LongestFirst", "stride": 0}
}


class Pipeline(torch.nn.Module):
    """Numbered modules, as the trace of a whole sentence-transformers model has them."""

    def __init__(self):
        super().__init__()
        self.add_module("0", LastHiddenState())
        self.add_module("2", Dense(8, 4))

    def forward(self, input_ids, attention_mask):
        tokens = self._modules["0"](input_ids, attention_mask)
        return self._modules["2"]({"sentence_embedding": tokens.mean(1)})["sentence_embedding"]


torch.jit.trace(Pipeline().eval(), (tokens, tokens), strict=False).save(f"{scratch}/piped.pt")
description = {
    "name": "tests/tiny",
    "version": "1.0.1",
    "model_format": "TORCH_SCRIPT",
    "model_content_size_in_bytes": 0,
    "model_config": {
        "model_type": "bert",
        "embedding_dimension": 8,
        "framework_type": "huggingface_transformers",
        "pooling_mode": "CLS",
        "normalize_result": True,
        "all_config": json.dumps(read(f"{BERT}/config.json")),
    },
}
write(f"{path}/config.json", description | {"function_name": "TEXT_EMBEDDING"})
with zipfile.ZipFile(f"{path}/dense.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write(f"{scratch}/tiny.pt", "tiny.pt")
    archive.writestr("tokenizer.json", json.dumps(truncated))
with zipfile.ZipFile(f"{path}/piped.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write(f"{scratch}/piped.pt", "piped.pt")
    archive.writestr("tokenizer.json", json.dumps(truncated))
with zipfile.ZipFile(f"{path}/query.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("ml-commons_model_config.json", json.dumps({"model_format": "TORCH_SCRIPT", "function_name": "SPARSE_TOKENIZE", "model_config": {}}))
    archive.writestr("tokenizer.json", json.dumps(truncated))
    archive.writestr("idf.json", json.dumps({"a": 2.5, "b": 0.5}))

# What sentence-transformers makes of them.
expected = {}


def note(name, model, **more):
    expected[name] = {"max_seq_length": model.max_seq_length} | more


for name in ["dense-new", "dense-old", "plain-dense"]:
    model = SentenceTransformer(f"{OUT}/{name}")
    note(
        name,
        model,
        task="dense",
        prompts={key: value for key, value in model.prompts.items() if value},
        default_prompt_name=model.default_prompt_name,
        modules=[type(module).__name__ for module in model],
        pooling=[model[1].pooling_mode] if isinstance(model[1].pooling_mode, str) else list(model[1].pooling_mode),
    )
for name in ["sparse-new", "sparse-old", "plain-mlm"]:
    model = SparseEncoder(f"{OUT}/{name}")
    note(
        name,
        model,
        task="sparse",
        strategy=model[1].pooling_strategy,
        activation=model[1].activation_function,
    )
for name in [
    "cross-new",
    "cross-identity-new",
    "cross-plain",
    "cross-key4",
    "cross-key3",
    "cross-untrusted",
    "cross-three",
]:
    model = CrossEncoder(f"{OUT}/{name}")
    note(name, model, task="crossEncoder", activation=type(model.activation_fn).__name__, labels=model.num_labels)
write(f"{OUT}/expected.json", expected)

for folder, _, files in os.walk(OUT):
    for file in files:
        if file == "README.md":
            os.remove(f"{folder}/{file}")
shutil.rmtree(scratch)
