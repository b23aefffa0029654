"""Makes a cross-encoder of a dense model's size: its encoder, a pooler and a classifier of seeded noise, in float32.

    pip install torch transformers          (CPU builds)
    python3 make_cross_encoder.py ENCODER_FOLDER OUT_FOLDER

The cross-encoders that come along are quantised, which other frameworks do not read; a training begins with float32 weights anyway.
"""
import sys

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

encoder, out = sys.argv[1:]
torch.manual_seed(7)
AutoModelForSequenceClassification.from_pretrained(encoder, num_labels=1).save_pretrained(out, safe_serialization=True)
AutoTokenizer.from_pretrained(encoder).save_pretrained(out)
