#!/usr/bin/env python3
"""Reference outputs for the encoders, from PyTorch (float32, one thread, eager attention).

    python3 -m venv .venv && .venv/bin/pip install torch transformers sentence-transformers tokenizers safetensors numpy onnx
    .venv/bin/python make_fixtures.py small --out models
    .venv/bin/python make_fixtures.py formats --model models/bert-cross-labels --out formats
    .venv/bin/python make_fixtures.py formats --model models/bert-cross --out /tmp/formats   # its model.onnx: formats/one-logit.onnx
    .venv/bin/python make_fixtures.py minilm --model MINILM_DIR --corpus corpus.jsonl.gz --out minilm
    .venv/bin/python make_fixtures.py cross --model CROSS_ENCODER_DIR --texts minilm/inputs.json \
        --queries queries.jsonl --out cross-encoder --name NAME [--dequantise]

`small` draws little models of every architecture and head (fixed seed, spread weights, so that every part of the
network shows in the output) and writes each as a folder that sentence-transformers loads: configuration, weights,
tokenizer, `inputs.json` (texts or pairs) and `expected.safetensors` (token ids of the reference, packed back to back,
and its outputs). The trainers of `tokenizers` break ties at random, so vocabularies differ from run to run and all files
are to be replaced together. `formats` writes the weights of one of these models in the other formats that are read:
pytorch_model.bin, a traced TorchScript file, and ONNX. `minilm` and `cross` run 500 texts or pairs through given models. MINILM_DIR is
sentence-transformers/all-MiniLM-L6-v2, CROSS_ENCODER_DIR any sequence-classification folder with one label; the
corpus has one {"_id", "title", "text"} and the queries one {"_id", "text"} per line. Pairs are written as
[query, number of the text in minilm/inputs.json], a number for the query too where a text stands in. `--dequantise` reads weights
stored as int8 rows with a `NAME_scale` tensor beside them.
"""
import argparse
import gzip
import json
import os
import random
import shutil
import tempfile
import warnings

import numpy as np
import torch
from safetensors.torch import load_file, save_file

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
torch.set_num_threads(1)

EAGER = {"dtype": torch.float32, "attn_implementation": "eager"}

SENTENCES = """a fast text editor for programmers with syntax colouring
plays music from the command line and keeps a library of songs
library to read and write compressed archives in many formats
the quick brown fox jumps over the lazy dog near the river bank
network monitor that shows which process uses how much bandwidth
python bindings for the graphics toolkit and its documentation files
small web server with support for virtual hosts and encrypted connections
tools to repair broken file systems and recover lost partitions
scientific plotting program that draws curves surfaces and histograms
how do i find duplicate photos on my disk and delete them safely
games for children that teach reading counting and colours
mail client for the terminal with threads filters and encryption""".split("\n")

TEXTS = SENTENCES[:6] + [
    "", "editor", "which program draws curves?", "Die schöne Müllerin, ça va? naïve café",
    "日本語 text and 🙂 emoji", " ".join(SENTENCES), "network network network network"]
QUERIES = ["text editor", "how do i find photos", "mail", "curves and surfaces", "", "compressed archives in python"]


# ---------------------------------------------------------------------------------------------------------------------
# Tokenizers: one little vocabulary for each family


def make_tokenizer(family, limit):
    """A fast tokenizer of the family's kind, trained on a few sentences; `limit` is its model_max_length."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    if family in ("bert", "distilbert"):
        special = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
    else:
        special = dict(bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>", mask_token="<mask>",
                       cls_token="<s>", sep_token="</s>")
    names = list(dict.fromkeys(special.values()))
    cls, sep = special["cls_token"], special["sep_token"]
    if family in ("bert", "distilbert", "mpnet"):
        t = Tokenizer(models.WordPiece(unk_token=special["unk_token"]))
        t.normalizer = normalizers.BertNormalizer(lowercase=True)
        t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        t.decoder = decoders.WordPiece()
        trainer = trainers.WordPieceTrainer(vocab_size=160, special_tokens=names, show_progress=False)
    elif family == "roberta":
        t = Tokenizer(models.BPE(unk_token=None))
        t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        t.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=names, show_progress=False,
                                      initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    else:  # xlm-roberta
        t = Tokenizer(models.Unigram())
        t.normalizer = normalizers.NFKC()
        t.pre_tokenizer = pre_tokenizers.Metaspace()
        t.decoder = decoders.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=160, special_tokens=names, unk_token="<unk>", show_progress=False)
    t.train_from_iterator(SENTENCES * 3, trainer)
    ids = [(cls, t.token_to_id(cls)), (sep, t.token_to_id(sep))]
    if family in ("bert", "distilbert"):
        pair = f"{cls} $A {sep} $B:1 {sep}:1"
    else:
        pair = f"{cls} $A {sep} {sep} $B {sep}"
    t.post_processor = processors.TemplateProcessing(single=f"{cls} $A {sep}", pair=pair, special_tokens=ids)
    inputs = ["input_ids", "attention_mask"] if family in ("distilbert", "roberta", "xlm-roberta") else \
        ["input_ids", "token_type_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=t, model_max_length=limit, model_input_names=inputs, **special)


# ---------------------------------------------------------------------------------------------------------------------
# Models


FAMILIES = {"bert": "Bert", "distilbert": "DistilBert", "roberta": "Roberta", "xlm-roberta": "XLMRoberta", "mpnet": "MPNet"}


def make_model(family, head, tokenizer, *, hidden, heads, layers, inner, act, eps, types, positions, labels):
    import transformers
    stem = FAMILIES[family]
    pad = tokenizer.pad_token_id
    common = dict(vocab_size=len(tokenizer), pad_token_id=pad)
    if family == "distilbert":
        config = transformers.DistilBertConfig(dim=hidden, n_heads=heads, n_layers=layers, hidden_dim=inner,
                                               activation=act, max_position_embeddings=positions, **common)
    else:
        config = getattr(transformers, stem + "Config")(
            hidden_size=hidden, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=inner,
            hidden_act=act, layer_norm_eps=eps, max_position_embeddings=positions, **common)
        if family != "mpnet":
            config.type_vocab_size = types
    if labels:
        config.id2label = {i: name for i, name in enumerate(labels)}
        config.label2id = {name: i for i, name in enumerate(labels)}
    config._attn_implementation = "eager"
    kind = {"cross": "ForSequenceClassification", "sparse": "ForMaskedLM", "dense": "Model"}[head]
    model = getattr(transformers, stem + kind)(config).eval().float()
    spread_weights(model)
    return model


def spread_weights(model):
    """Draws every parameter anew, wide enough that no part of the network drowns in rounding or saturates."""
    generator = torch.Generator().manual_seed(7)
    normal = lambda p, std: torch.randn(p.shape, generator=generator) * std
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "LayerNorm.weight" in name or "layer_norm.weight" in name:
                value = 0.6 + 0.8 * torch.rand(p.shape, generator=generator)
            elif p.ndim == 1:
                value = normal(p, 0.3)
            elif "embeddings" in name:
                value = normal(p, 0.7)
            elif "relative_attention_bias" in name:
                value = normal(p, 1.0)
            else:
                value = normal(p, 1.2 / p.shape[1] ** 0.5)
            p.copy_(value.half().float())  # so that half-precision files lose nothing


def store(model, tokenizer, folder, dtype):
    os.makedirs(folder, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    weights = {k: v.to(dtype).contiguous() for k, v in load_file(f"{folder}/model.safetensors").items()}
    save_file(weights, f"{folder}/model.safetensors", metadata={"format": "pt"})


def write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False, indent=None if "pairs" in value and len(value["pairs"]) > 100 else 1)
        f.write("\n")


def packed(batches):
    """Token ids of one sequence each, back to back."""
    ids = [b["input_ids"][0].int() for b in batches]
    types = [b["token_type_ids"][0].int() if "token_type_ids" in b else torch.zeros_like(i) for b, i in zip(batches, ids)]
    return {"ids": torch.cat(ids), "type_ids": torch.cat(types), "lengths": torch.tensor([len(i) for i in ids], dtype=torch.int32)}


def save_expected(folder, tensors):
    save_file({k: v.contiguous() for k, v in tensors.items()}, f"{folder}/expected.safetensors")


# ---------------------------------------------------------------------------------------------------------------------
# Cases


def cross_case(out, name, family, labels, *, activation=None, key="new", softmax=False, limit=48, dtype=torch.float16, **shape):
    from sentence_transformers import CrossEncoder
    folder = f"{out}/{name}"
    tokenizer = make_tokenizer(family, limit)
    model = make_model(family, "cross", tokenizer, labels=labels, **shape)
    store(model, tokenizer, folder, dtype)
    path = f"{folder}/config.json"
    config = json.load(open(path))
    if activation and key == "new":
        config["sentence_transformers"] = {"activation_fn": activation, "version": "4.1.0"}
    elif activation and key == "old":
        config["sbert_ce_default_activation_function"] = activation
    write_json(path, config)
    if activation and key == "folder":  # as sentence-transformers 5 and later write it: modules.json and its own file
        CrossEncoder(folder, device="cpu", model_kwargs=EAGER, activation_fn=torch.nn.Identity()).save_pretrained(folder, create_model_card=False)
        os.remove(f"{folder}/model.safetensors")
        store(model, tokenizer, folder, dtype)
    pairs = [[q, t] for i, q in enumerate(QUERIES) for t in TEXTS[i::3]]
    write_json(f"{folder}/inputs.json", {"pairs": pairs})
    reference = CrossEncoder(folder, device="cpu", model_kwargs=EAGER)
    reference.max_seq_length = limit
    batches = [reference.preprocess([p]) for p in pairs]
    with torch.inference_mode():
        logits = torch.cat([reference(dict(b))["scores"] for b in batches]).reshape(len(pairs), -1)
    scores = torch.tensor(reference.predict(pairs, batch_size=1)).reshape(len(pairs), -1)
    tensors = packed(batches) | {"logits": logits, "scores": scores}
    if softmax:
        tensors["softmax"] = torch.tensor(reference.predict(pairs, batch_size=1, apply_softmax=True))
    save_expected(folder, tensors)


def sparse_case(out, name, family, strategy, activation, *, limit=48, dtype=torch.float16, router=False, idf=False, **shape):
    from sentence_transformers import SparseEncoder
    from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding, SpladePooling
    from sentence_transformers.base.modules import Router, Transformer
    folder = f"{out}/{name}"
    tokenizer = make_tokenizer(family, limit)
    model = make_model(family, "sparse", tokenizer, labels=None, **shape)
    tensors = {}
    with tempfile.TemporaryDirectory() as plain:
        store(model, tokenizer, plain, dtype)
        document = Transformer(plain, transformer_task="fill-mask", model_kwargs=EAGER)
        document.max_seq_length = limit
        batches = [document.preprocess([t]) for t in TEXTS]
        for s in ("max", "sum"):
            for a in ("relu", "log1p_relu"):
                m = SparseEncoder(modules=[document, SpladePooling(s, a)], device="cpu")
                tensors[f"{s}.{a}"] = m.encode(TEXTS, batch_size=1, convert_to_sparse_tensor=False).float()
        pooling = SpladePooling(strategy, activation)
        if router or idf:
            weight = torch.rand(len(tokenizer), generator=torch.Generator().manual_seed(3)) * 9
            weight[tokenizer.all_special_ids] = 0
            query = SparseStaticEmbedding(tokenizer, weight=weight, frozen=True)
            routed = SparseEncoder(modules=[Router.for_query_document([query], [document, pooling])], device="cpu")
            tensors["query"] = routed.encode_query(QUERIES + TEXTS, batch_size=1, convert_to_sparse_tensor=False).float()
            tensors["max.relu.routed"] = routed.encode_document(TEXTS, batch_size=1, convert_to_sparse_tensor=False).float()
        if router:
            routed.save_pretrained(folder, create_model_card=False)
            document_folder = [d for d in os.listdir(folder) if d.startswith("document_0")][0]
            shutil.copy(f"{plain}/model.safetensors", f"{folder}/{document_folder}/model.safetensors")
        elif idf:  # as OpenSearch's models lie on the hub: plain transformers files and idf.json
            shutil.copytree(plain, folder, dirs_exist_ok=True)
            words = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
            write_json(f"{folder}/idf.json", {w: float(v) for w, v in zip(words, weight) if v > 0})
        else:
            shutil.copytree(plain, folder, dirs_exist_ok=True)
            write_json(f"{folder}/modules.json", [
                {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.sparse_encoder.models.MLMTransformer"},
                {"idx": 1, "name": "1", "path": "1_SpladePooling", "type": "sentence_transformers.sparse_encoder.models.SpladePooling"}])
            write_json(f"{folder}/1_SpladePooling/config.json",
                       {"pooling_strategy": strategy, "activation_function": activation, "word_embedding_dimension": len(tokenizer)})
            write_json(f"{folder}/config_sentence_transformers.json", {"model_type": "SparseEncoder", "similarity_fn_name": "dot", "prompts": {}})
    write_json(f"{folder}/inputs.json", {"texts": TEXTS, "queries": QUERIES + TEXTS})
    tensors |= packed(batches)
    save_expected(folder, tensors)


def dense_case(out, name, family, pooling, *, limit=48, dtype=torch.float16, dense=None, normalize=False, prompts=None,
               default_prompt=None, include_prompt=True, similarity="cosine", old_names=False, modules=True, extra_poolings=(), tokens=False,
               **shape):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    folder = f"{out}/{name}"
    tokenizer = make_tokenizer(family, limit)
    model = make_model(family, "dense", tokenizer, labels=None, **shape)
    width = shape["hidden"]
    with tempfile.TemporaryDirectory() as plain:
        store(model, tokenizer, plain, dtype)
        transformer = Transformer(plain, model_kwargs=EAGER)
        transformer.max_seq_length = limit
        chain = [transformer, Pooling(width, pooling, include_prompt=include_prompt)]
        if dense:
            out_width, act = dense
            layer = Dense(chain[1].get_embedding_dimension(), out_width, bias=act != "identity",
                          activation_function={"tanh": torch.nn.Tanh(), "identity": torch.nn.Identity()}[act])
            spread_weights(layer)
            chain.append(layer)
        if normalize:
            chain.append(Normalize())
        reference = SentenceTransformer(modules=chain, prompts=prompts, default_prompt_name=default_prompt,
                                        similarity_fn_name=similarity, device="cpu")
        shutil.copytree(plain, folder, dirs_exist_ok=True)
        if modules:
            reference.save_pretrained(folder, create_model_card=False)
            shutil.copy(f"{plain}/model.safetensors", f"{folder}/model.safetensors")
        if old_names:
            write_json(f"{folder}/modules.json", [
                {"idx": i, "name": str(i), "path": p, "type": f"sentence_transformers.models.{t}"}
                for i, (p, t) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")][:len(chain)])])
            write_json(f"{folder}/1_Pooling/config.json", {
                "word_embedding_dimension": width, "pooling_mode_cls_token": pooling == "cls",
                "pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_max_tokens": False,
                "pooling_mode_mean_sqrt_len_tokens": False})
            write_json(f"{folder}/sentence_bert_config.json", {"max_seq_length": limit, "do_lower_case": False})
        run = lambda model, **kw: torch.tensor(model.encode(TEXTS, batch_size=1, **kw))
        tensors = {"embeddings": run(reference)}
        for size in (8, 20):
            tensors[f"embeddings.{size}"] = run(reference, truncate_dim=size)
            tensors[f"embeddings.{size}.normalized"] = run(reference, truncate_dim=size, normalize_embeddings=True)
        for prompt in prompts or {}:
            tensors[f"prompt.{prompt}"] = run(reference, prompt_name=prompt)
        if prompts:
            tensors["side.query"] = torch.tensor(reference.encode_query(TEXTS, batch_size=1))
            tensors["side.document"] = torch.tensor(reference.encode_document(TEXTS, batch_size=1))
        for modes in extra_poolings:
            other = SentenceTransformer(modules=[transformer, Pooling(width, tuple(modes))], device="cpu")
            tensors["pooling." + "+".join(modes)] = run(other)
        if tokens:
            rows = reference.encode(TEXTS, batch_size=1, output_value="token_embeddings")
            tensors["tokens"] = torch.cat([r for r in rows])
        batches = [transformer.preprocess([t]) for t in TEXTS]
        if default_prompt:
            batches = [transformer.preprocess([t], prompt=prompts[default_prompt]) for t in TEXTS]
        tensors |= packed(batches)
    write_json(f"{folder}/inputs.json", {"texts": TEXTS})
    save_expected(folder, tensors)


def small(out):
    shutil.rmtree(out, ignore_errors=True)
    wide = dict(hidden=64, heads=2, layers=2, inner=96)      # head size 32
    odd = dict(hidden=40, heads=2, layers=2, inner=72)       # head size 20
    narrow = dict(hidden=36, heads=3, layers=1, inner=56)    # head size 12
    base = dict(act="gelu", eps=1e-12, types=2, positions=64)
    fairseq = dict(act="gelu", eps=1e-5, types=1, positions=66)
    torch_name = "torch.nn.modules."
    one, three = ["LABEL_0"], ["contradiction", "entailment", "neutral"]

    cross_case(out, "bert-cross", "bert", one, activation=torch_name + "linear.Identity", **wide, **base)
    cross_case(out, "bert-cross-labels", "bert", three, softmax=True, dtype=torch.float32, **narrow, **base | dict(act="gelu_new", eps=1e-5, types=3))
    cross_case(out, "distilbert-cross", "distilbert", one, **odd, **base)
    cross_case(out, "distilbert-cross-labels", "distilbert", three, activation=torch_name + "activation.Sigmoid", **narrow, **base | dict(act="relu"))
    cross_case(out, "roberta-cross", "roberta", one, activation=torch_name + "linear.Identity", key="old", **odd, **fairseq)
    cross_case(out, "roberta-cross-labels", "roberta", three, **narrow, **fairseq | dict(types=2, eps=1e-3))
    cross_case(out, "xlm-roberta-cross", "xlm-roberta", one, activation=torch_name + "activation.Sigmoid", **odd, **fairseq)
    cross_case(out, "xlm-roberta-cross-labels", "xlm-roberta", three, dtype=torch.bfloat16, **narrow, **fairseq)
    cross_case(out, "mpnet-cross", "mpnet", one, activation=torch_name + "linear.Identity", key="folder", **odd, **fairseq | dict(positions=160), limit=150)
    cross_case(out, "mpnet-cross-labels", "mpnet", three, softmax=True, **narrow, **fairseq)

    sparse_case(out, "bert-splade", "bert", "max", "relu", **odd, **base | dict(act="silu"))
    sparse_case(out, "distilbert-splade", "distilbert", "max", "log1p_relu", **odd, **base)
    sparse_case(out, "roberta-splade", "roberta", "sum", "relu", **narrow, **fairseq)
    sparse_case(out, "xlm-roberta-splade", "xlm-roberta", "sum", "log1p_relu", **narrow, **fairseq)
    sparse_case(out, "mpnet-splade", "mpnet", "max", "relu", **narrow, **fairseq)
    sparse_case(out, "bert-router", "bert", "max", "relu", router=True, **narrow, **base)
    sparse_case(out, "distilbert-idf", "distilbert", "max", "relu", idf=True, **narrow, **base)

    poolings = [["cls"], ["max"], ["mean"], ["mean_sqrt_len_tokens"], ["weightedmean"], ["lasttoken"],
                ["cls", "max", "mean"], ["mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]]
    dense_case(out, "bert-dense", "bert", "mean", normalize=True, old_names=True, tokens=True, extra_poolings=poolings, **wide, **base)
    dense_case(out, "bert-plain", "bert", "mean", modules=False, **narrow, **base | dict(types=1, act="gelu_pytorch_tanh"))
    dense_case(out, "distilbert-dense", "distilbert", "cls", dense=(24, "tanh"), similarity="dot", **odd, **base)
    dense_case(out, "roberta-dense", "roberta", ("cls", "max"), dense=(24, "identity"), normalize=True, **odd, **fairseq | dict(act="quick_gelu"))
    dense_case(out, "xlm-roberta-dense", "xlm-roberta", "mean", prompts={"query": "find: ", "document": "text: "}, include_prompt=False,
               normalize=True, **narrow, **fairseq)
    dense_case(out, "mpnet-dense", "mpnet", "mean", normalize=True, prompts={"query": "question - ", "passage": "the ", "clustering": "network "},
               default_prompt="clustering", tokens=True, similarity="euclidean", **odd, **fairseq)


def formats(args):
    from transformers import AutoModelForSequenceClassification
    os.makedirs(args.out, exist_ok=True)
    model = AutoModelForSequenceClassification.from_pretrained(args.model, **EAGER).eval()
    torch.save(model.state_dict(), f"{args.out}/pytorch_model.bin")

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits

    graph = Logits().eval()
    ids = torch.tensor([[2, 7, 9, 3, 8, 3], [2, 8, 3, 5, 6, 3]])
    example = (ids, torch.ones_like(ids), torch.tensor([[0, 0, 0, 0, 1, 1]] * 2))
    torch.jit.save(torch.jit.trace(graph, example, strict=False), f"{args.out}/traced.pt")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(graph, example, f"{args.out}/model.onnx", input_names=names, output_names=["logits"],
                      opset_version=17, dynamo=False, dynamic_axes={n: {0: "b", 1: "s"} for n in names})
    strip(f"{args.out}/model.onnx")


def strip(path):
    """Removes the stack traces of the exporter: they name folders of the machine."""
    import onnx
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.save(model, path)


# ---------------------------------------------------------------------------------------------------------------------
# Full-size models


def read_corpus(path):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def spread_texts(corpus, count):
    """`count` texts whose token counts cover 1...512 and above: cuts and joins of the corpus, short ones more often."""
    rng = random.Random(11)
    docs = [" ".join((d.get("title", ""), d["text"])).strip() for d in corpus]
    texts = ["", "a", "!", "Ünïcödé naïve café", "日本語のテキスト", "🙂👩‍👩‍👧", "\t\n ", "x" * 300]
    while len(texts) < count:
        want = int(1 + 560 * rng.random() ** 2.6)
        words = []
        while len(words) < want:
            words += rng.choice(docs).split()
        words = words[:max(1, round(want / 1.35))]
        text = " ".join(words)
        if rng.random() < 0.1:
            text = text.upper()
        texts.append(text)
    return texts


def minilm(args):
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(args.model, device="cpu", model_kwargs=EAGER)
    model.max_seq_length = 512
    texts = spread_texts(read_corpus(args.corpus), 500)
    vectors = torch.tensor(model.encode(texts, batch_size=1, show_progress_bar=True))
    lengths = [len(model.tokenizer(t, truncation=True)["input_ids"]) for t in texts]
    print(f"tokens {min(lengths)}...{max(lengths)}, sum {sum(lengths)}, at the limit: {sum(n == 512 for n in lengths)}")
    write_json(f"{args.out}/inputs.json", {"max_seq_length": 512, "texts": texts})
    save_expected(args.out, {"embeddings": vectors, "lengths": torch.tensor(lengths, dtype=torch.int32)})


def dequantised(folder, into):
    shutil.copytree(folder, into, dirs_exist_ok=True)
    weights = load_file(f"{folder}/model.safetensors")
    plain = {}
    for name, value in weights.items():
        if name.endswith("_scale"):
            continue
        if value.dtype == torch.int8:
            value = value.float() * weights[name + "_scale"].float().reshape(-1, 1)
        plain[name] = value.float()
    save_file(plain, f"{into}/model.safetensors", metadata={"format": "pt"})


def cross(args):
    from sentence_transformers import CrossEncoder
    texts = json.load(open(args.texts, encoding="utf-8"))["texts"]
    queries = [json.loads(line)["text"] for line in open(args.queries, encoding="utf-8")]
    rng = random.Random(5)
    pairs = [[rng.choice(queries), i] for i in range(len(texts))]
    for i in range(0, 400, 16):  # a few pairs with a query so long that both sides may be cut
        pairs[i][0] = len(texts) - 1 - i
    with tempfile.TemporaryDirectory() as work:
        folder = args.model
        if args.dequantise:
            dequantised(folder, work)
            folder = work
        model = CrossEncoder(folder, device="cpu", model_kwargs=EAGER)
        model.max_seq_length = 512
        read = [[texts[q] if isinstance(q, int) else q, texts[t]] for q, t in pairs]
        logits = torch.tensor(model.predict(read, batch_size=1, activation_fn=torch.nn.Identity(), show_progress_bar=True))
        lengths = [len(model.tokenizer([(a, b)], truncation="longest_first")["input_ids"][0]) for a, b in read]
    print(f"logits {logits.min():.3f}...{logits.max():.3f}, tokens {min(lengths)}...{max(lengths)}, sum {sum(lengths)}")
    write_json(f"{args.out}/inputs.json", {"max_seq_length": 512, "pairs": pairs})
    save_file({"logits": logits, "lengths": torch.tensor(lengths, dtype=torch.int32)}, f"{args.out}/{args.name}.safetensors")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("small")
    command.add_argument("--out", required=True)
    command = commands.add_parser("formats")
    for option in ("--model", "--out"):
        command.add_argument(option, required=True)
    command = commands.add_parser("minilm")
    for option in ("--model", "--corpus", "--out"):
        command.add_argument(option, required=True)
    command = commands.add_parser("cross")
    for option in ("--model", "--texts", "--queries", "--out", "--name"):
        command.add_argument(option, required=True)
    command.add_argument("--dequantise", action="store_true")
    arguments = parser.parse_args()
    if arguments.command == "small":
        small(arguments.out)
    else:
        {"formats": formats, "minilm": minilm, "cross": cross}[arguments.command](arguments)
