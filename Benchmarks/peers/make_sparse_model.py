"""Makes a learned-sparse model (SPLADE) of a dense one's size: its encoder, a head of noise whose bias leaves about 150 tokens of a text.

    pip install torch transformers          (CPU builds)
    python3 make_sparse_model.py ENCODER_FOLDER OUT_FOLDER CORPUS.jsonl

Speed depends on sizes and on the number of tokens only; the tokens mean nothing.
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer

encoder, out, corpus = sys.argv[1:]
TOKENS = 150
torch.manual_seed(7)
model = AutoModelForMaskedLM.from_pretrained(encoder).eval()
tokenizer = AutoTokenizer.from_pretrained(encoder, model_max_length=256)
with open(corpus, encoding="utf-8") as lines:
    texts = [json.loads(line)["text"] for _, line in zip(range(64), lines)]
inputs = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
with torch.no_grad():
    logits = model(**inputs).logits.masked_fill(inputs["attention_mask"].unsqueeze(-1) == 0, float("-inf"))
    highest = logits.amax(1)
    threshold = highest.topk(TOKENS, dim=1).values[:, -1].median()
    model.get_output_embeddings().bias.data -= threshold
model.save_pretrained(out, safe_serialization=True)
tokenizer.save_pretrained(out)
out = pathlib.Path(out)
(out / "1_SpladePooling").mkdir(exist_ok=True)
(out / "1_SpladePooling" / "config.json").write_text(json.dumps({"pooling_strategy": "max", "activation_function": "relu", "word_embedding_dimension": model.config.vocab_size}))
(out / "config_sentence_transformers.json").write_text(json.dumps({"model_type": "SparseEncoder", "similarity_fn_name": "dot"}))
(out / "modules.json").write_text(
    json.dumps(
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.sparse_encoder.models.MLMTransformer"},
            {"idx": 1, "name": "1", "path": "1_SpladePooling", "type": "sentence_transformers.sparse_encoder.models.SpladePooling"},
        ]
    )
)
(out / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 256, "do_lower_case": False}))
