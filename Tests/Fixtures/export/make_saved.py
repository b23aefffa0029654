#!/usr/bin/env python3
"""What sentence-transformers itself saves, for ModelExport to equal byte by byte.

    pip install "sentence-transformers==5.1.2" "transformers==4.57.1" torch
    python make_saved.py [DIRECTORY]

Loads some of Tests/Fixtures/modelfolders with the last version that writes the class paths that all versions read, saves
them again, and keeps the small JSON files. What names versions of programs is left out of them.
"""
import json
import os
import shutil
import sys
import tempfile

from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.models import Router
from sentence_transformers.sparse_encoder.models import MLMTransformer, SparseStaticEmbedding, SpladePooling

here = os.path.dirname(os.path.abspath(__file__))
out = sys.argv[1] if len(sys.argv) > 1 else f"{here}/saved"
folders = os.path.normpath(f"{here}/../modelfolders")

with tempfile.TemporaryDirectory() as scratch:
    SentenceTransformer(f"{folders}/dense-old").save(f"{scratch}/dense-old")
    SparseEncoder(f"{folders}/sparse-old").save(f"{scratch}/sparse-old")
    CrossEncoder(f"{folders}/cross-key4").save_pretrained(f"{scratch}/cross-key4")
    mlm = MLMTransformer(f"{folders}/plain-mlm")
    query = SparseStaticEmbedding(mlm.tokenizer)
    modules = Router.for_query_document(query_modules=[query], document_modules=[mlm, SpladePooling("max")])
    SparseEncoder(modules=[modules]).save(f"{scratch}/plain-mlm")
    for folder, _, files in os.walk(scratch):
        for file in files:
            if file.startswith(("tokenizer", "special_tokens")) or not file.endswith(".json"):
                continue
            target = os.path.join(out, os.path.relpath(folder, scratch))
            os.makedirs(target, exist_ok=True)
            shutil.copyfile(f"{folder}/{file}", f"{target}/{file}")
    # The configuration of the transformer is the source's, and version numbers are those of the programs.
    for folder in ["dense-old", "sparse-old", "plain-mlm/document_0_MLMTransformer"]:
        os.remove(f"{out}/{folder}/config.json")
    os.remove(f"{out}/plain-mlm/document_1_SpladePooling/config.json")  # it says null for the vocabulary, and we its size
    path = f"{out}/cross-key4/config.json"
    config = json.load(open(path))
    json.dump({key: config[key] for key in ("architectures", "id2label", "label2id", "sentence_transformers")}, open(path, "w"), indent=2)
