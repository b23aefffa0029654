"""Models of seeded random weights, in the files that every engine reads. Speed depends on sizes, not on what was learned."""
import json
import os
import shutil

SIZES = {"minilm": (6, 384, 1536, 12), "base": (12, 768, 3072, 12)}  # layers, width, intermediate width, heads


def make(task, size, folder, tokenizer_folder):
    """A BERT of 30,522 words for `task` (cross, dense, sparse); returns its folder, made at the first call."""
    import torch
    from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel

    path = os.path.join(folder, f"{task}-{size}")
    if os.path.exists(os.path.join(path, ".complete")):
        return path
    shutil.rmtree(path, ignore_errors=True)
    layers, width, intermediate, heads = SIZES[size]
    config = BertConfig(
        vocab_size=30522, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=intermediate, num_labels=1, initializer_range=0.06)
    torch.manual_seed(7)
    kind = {"cross": BertForSequenceClassification, "dense": BertModel, "sparse": BertForMaskedLM}[task]
    model = kind(config).eval()
    os.makedirs(path)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(os.path.join(tokenizer_folder, name), path)
    if task == "sparse":
        keep_few_words(model)
        modules(path, [("", "sentence_transformers.sparse_encoder.models.MLMTransformer"),
                       ("1_SpladePooling", "sentence_transformers.sparse_encoder.models.SpladePooling")],
                {"pooling_strategy": "max", "activation_function": "relu", "word_embedding_dimension": 30522})
    elif task == "dense":
        modules(path, [("", "sentence_transformers.models.Transformer"),
                       ("1_Pooling", "sentence_transformers.models.Pooling"),
                       ("2_Normalize", "sentence_transformers.models.Normalize")],
                {"word_embedding_dimension": width, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False,
                 "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    model.save_pretrained(path)
    open(os.path.join(path, ".complete"), "w").close()
    return path


def keep_few_words(model):
    """Lowers the bias until about one word in a hundred has a weight, as in trained SPLADE models."""
    import torch
    ids = torch.randint(1000, 30000, (4, 64), generator=torch.Generator().manual_seed(7))
    with torch.inference_mode():
        heaviest = model(ids).logits.amax(1).flatten()
        model.cls.predictions.bias -= heaviest.kthvalue(int(heaviest.numel() * 0.99)).values


def modules(path, parts, settings):
    """Writes sentence-transformers' modules.json and the settings of the pooling."""
    with open(os.path.join(path, "modules.json"), "w") as file:
        json.dump([{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(parts)], file, indent=2)
    for part, _ in parts[1:]:
        os.makedirs(os.path.join(path, part))
    with open(os.path.join(path, parts[1][0], "config.json"), "w") as file:
        json.dump(settings, file, indent=2)
    with open(os.path.join(path, "sentence_bert_config.json"), "w") as file:
        json.dump({"max_seq_length": 512, "do_lower_case": False}, file)
