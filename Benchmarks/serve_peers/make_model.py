"""Makes a cross-encoder of MiniLM-L6's size that every server can load: the encoder of all-MiniLM-L6-v2, a head of noise.

    pip install torch transformers          (CPU builds)
    python3 make_model.py ENCODER_FOLDER OUT_FOLDER

Speed depends on sizes only, and scores of several servers can still be compared with each other.
"""
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

encoder, out = sys.argv[1:]
torch.manual_seed(7)
model = AutoModelForSequenceClassification.from_pretrained(encoder, num_labels=1)
AutoTokenizer.from_pretrained(encoder, model_max_length=512).save_pretrained(out)
model.save_pretrained(out, safe_serialization=True)
print(out)
