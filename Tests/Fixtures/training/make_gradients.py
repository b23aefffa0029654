#!/usr/bin/env python3
"""Reference outputs and gradients of trainable encoders, from PyTorch (float64 arithmetic over float32 weights, eager attention).

    python3 -m venv .venv && .venv/bin/pip install torch transformers safetensors numpy
    .venv/bin/python make_gradients.py --out gradients

Draws little models of every architecture and task (fixed seed, spread weights) and writes each as a folder: configuration,
weights, modules as sentence-transformers writes them, and `expected.safetensors`: packed token ids, type ids and lengths,
the outputs of all sequences, a random gradient of the outputs (`output_gradient`), and for each parameter the gradient of
sum(outputs * output_gradient) as `gradient/NAME`, NAME as in the weight file (`gradient/2_Dense/linear.weight` for a module's). There are
no tokenizers: ids are drawn. Sequences are computed one by one, without padding and without dropout.
"""
import argparse
import json
import os
import shutil

import torch
import transformers
from safetensors.torch import save_file

torch.set_num_threads(1)
FAMILIES = {"bert": "Bert", "distilbert": "DistilBert", "roberta": "Roberta", "xlm-roberta": "XLMRoberta", "mpnet": "MPNet"}
VOCABULARY, POSITIONS = 100, 40
LENGTHS = [5, 1, 17, 2, 9, 31]

ST = "sentence_transformers.models."
# name: family, task, sizes, and what stands behind the transformer
MODELS = {
    "bert-mean": ("bert", "dense", dict(hidden=64, heads=2), [("pool", ["mean"]), ("normalize",)]),
    "distilbert-cls": ("distilbert", "dense", {}, [("pool", ["cls"])]),
    "roberta-dense": ("roberta", "dense", {}, [("pool", ["mean"]), ("dense", 20, "Tanh"), ("normalize",)]),
    "xlm-roberta-max": ("xlm-roberta", "dense", {}, [("pool", ["max"]), ("normalize",)]),
    "mpnet-joined": ("mpnet", "dense", {}, [("pool", ["mean_sqrt_len_tokens", "weightedmean"]), ("dense", 12, "Identity")]),
    "bert-splade": ("bert", "sparse", {}, ("max", "relu")),
    "distilbert-splade": ("distilbert", "sparse", {}, ("max", "log1p_relu")),
    "roberta-splade-sum": ("roberta", "sparse", {}, ("sum", "relu")),
    "mpnet-splade": ("mpnet", "sparse", dict(act="relu"), ("max", "relu")),
    "bert-cross": ("bert", "cross", dict(act="gelu_new"), 1),
    "distilbert-cross": ("distilbert", "cross", {}, 2),
    "xlm-roberta-cross": ("xlm-roberta", "cross", {}, 1),
    "mpnet-cross": ("mpnet", "cross", {}, 3),
}


def make_model(family, task, labels, *, hidden=24, heads=3, layers=2, inner=40, act="gelu"):
    common = dict(vocab_size=VOCABULARY, pad_token_id=0 if "bert" in family and "ro" not in family else 1)
    if family == "distilbert":
        config = transformers.DistilBertConfig(dim=hidden, n_heads=heads, n_layers=layers, hidden_dim=inner, activation=act,
                                               max_position_embeddings=POSITIONS, **common)
    else:
        config = getattr(transformers, FAMILIES[family] + "Config")(
            hidden_size=hidden, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=inner, hidden_act=act,
            layer_norm_eps=1e-5, max_position_embeddings=POSITIONS, **common)
        if family != "mpnet":
            config.type_vocab_size = 2 if family == "bert" else 1
    if labels:
        config.id2label = {i: f"LABEL_{i}" for i in range(labels)}
        config.label2id = {f"LABEL_{i}": i for i in range(labels)}
    config._attn_implementation = "eager"
    kind = {"cross": "ForSequenceClassification", "sparse": "ForMaskedLM", "dense": "Model"}[task]
    model = getattr(transformers, FAMILIES[family] + kind)(config).eval()
    generator = torch.Generator().manual_seed(11)
    for name, p in sorted(model.named_parameters()):
        spread = 0.08 if "norm" in name.lower() or p.dim() == 1 else 1.3 / p.shape[-1] ** 0.5
        p.data = torch.randn(p.shape, generator=generator) * spread + (1 if p.dim() == 1 and "norm" in name.lower()
                                                                      and name.endswith("weight") else 0)
    return model


class Head:
    """What stands behind the transformer, as sentence-transformers computes it; `parameters` by the names of the files."""

    def __init__(self, task, parts, width):
        self.task, self.parts, self.parameters = task, parts, {}
        if task == "dense":
            generator = torch.Generator().manual_seed(5)
            width *= len(parts[0][1])
            for number, part in enumerate(parts):
                if part[0] == "dense":
                    weight = torch.randn(part[1], width, generator=generator) / width ** 0.5
                    self.parameters[f"{number + 1}_Dense/linear.weight"] = weight
                    self.parameters[f"{number + 1}_Dense/linear.bias"] = torch.randn(part[1], generator=generator) * .1
                    width = part[1]

    def pool(self, mode, x):
        n = x.shape[0]
        if mode == "cls":
            return x[0]
        if mode == "mean":
            return x.mean(0)
        if mode == "max":
            return x.max(0).values
        if mode == "mean_sqrt_len_tokens":
            return x.sum(0) / n ** 0.5
        weights = torch.arange(1, n + 1, dtype=x.dtype)
        return (x * weights[:, None]).sum(0) / weights.sum()

    def outputs(self, result):
        if self.task == "cross":
            return result.logits[0]
        if self.task == "sparse":
            weights = torch.log1p(torch.relu(result.logits[0]))
            if self.parts[1] == "log1p_relu":
                weights = torch.log1p(weights)
            return weights.max(0).values if self.parts[0] == "max" else weights.sum(0)
        x = result.last_hidden_state[0]
        for number, part in enumerate(self.parts):
            if part[0] == "pool":
                x = torch.cat([self.pool(mode, x) for mode in part[1]])
            elif part[0] == "dense":
                x = torch.nn.functional.linear(x, self.parameters[f"{number + 1}_Dense/linear.weight"],
                                               self.parameters[f"{number + 1}_Dense/linear.bias"])
                x = getattr(torch.nn, part[2])()(x)
            else:
                x = torch.nn.functional.normalize(x, dim=-1)
        return x


def write_modules(folder, head, task):
    if task == "cross":
        return
    modules = [{"idx": 0, "name": "0", "path": "", "type": ST + "Transformer"}]
    if task == "sparse":
        modules[0]["type"] = "sentence_transformers.sparse_encoder.models.MLMTransformer"
        modules.append({"idx": 1, "name": "1", "path": "1_SpladePooling",
                        "type": "sentence_transformers.sparse_encoder.models.SpladePooling"})
        os.makedirs(folder + "/1_SpladePooling")
        json.dump({"pooling_strategy": head.parts[0], "activation_function": head.parts[1],
                   "word_embedding_dimension": VOCABULARY}, open(folder + "/1_SpladePooling/config.json", "w"))
        json.dump({"model_type": "SparseEncoder", "similarity_fn_name": "dot"},
                  open(folder + "/config_sentence_transformers.json", "w"))
    else:
        for number, part in enumerate(head.parts):
            kind = {"pool": "Pooling", "dense": "Dense", "normalize": "Normalize"}[part[0]]
            path = f"{number + 1}_{kind}"
            modules.append({"idx": number + 1, "name": str(number + 1), "path": path, "type": ST + kind})
            if part[0] == "normalize":
                continue
            os.makedirs(f"{folder}/{path}")
            config = {"pooling_mode": part[1]}
            if part[0] == "dense":
                own = {name.split("/")[1]: p.detach().float().contiguous() for name, p in head.parameters.items()
                       if name.startswith(path + "/")}
                config = {"in_features": own["linear.weight"].shape[1], "out_features": part[1], "bias": True,
                          "activation_function": "torch.nn.modules." + ("activation." if part[2] != "Identity" else "linear.") + part[2]}
                save_file(own, f"{folder}/{path}/model.safetensors", metadata={"format": "pt"})
            json.dump(config, open(f"{folder}/{path}/config.json", "w"))
    json.dump(modules, open(folder + "/modules.json", "w"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    shutil.rmtree(out, ignore_errors=True)
    for name, (family, task, sizes, parts) in MODELS.items():
        folder = f"{out}/{name}"
        model = make_model(family, task, parts if task == "cross" else 0, **sizes)
        model.save_pretrained(folder)
        model = model.double()
        config = model.config
        head = Head(task, parts, getattr(config, "hidden_size", None) or config.dim)
        write_modules(folder, head, task)
        head.parameters = {n: p.double().requires_grad_() for n, p in head.parameters.items()}
        generator = torch.Generator().manual_seed(3)
        ids = [torch.randint(5, VOCABULARY, (n,), generator=generator) for n in LENGTHS]
        types = [(torch.arange(n) * 2 >= n + 1).long() if family == "bert" else torch.zeros(n).long() for n in LENGTHS]
        outputs = []
        for i, t in zip(ids, types):
            extra = {"token_type_ids": t[None]} if family == "bert" else {}
            outputs.append(head.outputs(model(input_ids=i[None], **extra)))
        outputs = torch.stack(outputs)
        gradient = torch.randn(outputs.shape, generator=generator, dtype=torch.float64)
        (outputs * gradient).sum().backward()
        tensors = {"ids": torch.cat(ids).float(), "types": torch.cat(types).float(),
                   "lengths": torch.tensor(LENGTHS).float(), "outputs": outputs.detach().float(),
                   "output_gradient": gradient.float()}
        for n, p in list(model.named_parameters()) + list(head.parameters.items()):
            if p.grad is not None:
                tensors["gradient/" + n] = p.grad.float().contiguous()
        save_file({n: t.contiguous() for n, t in tensors.items()}, folder + "/expected.safetensors")
        for extra in ("generation_config.json",):
            if os.path.exists(f"{folder}/{extra}"):
                os.remove(f"{folder}/{extra}")


if __name__ == "__main__":
    main()
