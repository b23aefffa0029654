"""Learning rates of transformers' schedules, and steps of torch's AdamW with clipping: optimisation.json.

    pip install torch transformers safetensors; python make_optimisation.py

AdamW runs over the tensors of ../encoders/models/bert-dense; gradient i of parameter p at step t is
float32(sin(0.7 i + 1.3 p + 2.1 t)) * 0.01, and of the word table only rows 3, 4 and 9 have one.
"""
import json
import math
import pathlib

import numpy
import safetensors.torch
import torch
import transformers

here = pathlib.Path(__file__).parent
document = {"schedules": [], "adamw": []}

for name, make, steps, warmup in [
    ("linear", transformers.get_linear_schedule_with_warmup, 80, 8),
    ("linear", transformers.get_linear_schedule_with_warmup, 10, 0),
    ("linear", transformers.get_linear_schedule_with_warmup, 3, 7),
    ("cosine", transformers.get_cosine_schedule_with_warmup, 37, 5),
    ("cosine", transformers.get_cosine_schedule_with_warmup, 9, 0),
    ("constant", transformers.get_constant_schedule_with_warmup, 12, 4),
]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=3e-4)
    schedule = make(optimizer, warmup) if name == "constant" else make(optimizer, warmup, steps)
    rates = []
    for _ in range(steps):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    document["schedules"].append({"name": name, "steps": steps, "warmup": warmup, "rates": rates})

for decay, maximum in [(0.0, 1.0), (0.01, 0.05), (0.01, 0.0)]:
    tensors = safetensors.torch.load_file(here.parent / "encoders/models/bert-dense/model.safetensors")
    names = sorted(n for n in tensors if not n.startswith("pooler."))
    parameters = {name: torch.nn.Parameter(tensors[name].float().clone()) for name in names}
    plain = [p for n, p in parameters.items() if "bias" in n or "LayerNorm" in n]
    decayed = [p for n, p in parameters.items() if not ("bias" in n or "LayerNorm" in n)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}], lr=1e-3, eps=1e-8)
    norms = []
    for step in range(5):
        for number, name in enumerate(names):
            parameter = parameters[name]
            places = numpy.arange(parameter.numel())
            gradient = (numpy.sin(0.7 * places + 1.3 * number + 2.1 * step).astype(numpy.float32) * numpy.float32(0.01))
            gradient = torch.from_numpy(gradient).reshape(parameter.shape)
            if name.endswith("word_embeddings.weight"):
                mask = torch.zeros(parameter.shape[0], 1)
                mask[[3, 4, 9]] = 1
                gradient = gradient * mask
            parameter.grad = gradient
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), maximum if maximum else math.inf)))
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * step / 2
        optimizer.step()
    document["adamw"].append({
        "decay": decay, "maximum": maximum, "norms": norms,
        "values": {name: parameters[name].detach().flatten()[:6].tolist() for name in names},
        "word_rows": parameters[next(n for n in names if n.endswith("word_embeddings.weight"))].detach()[:10, 0].tolist(),
    })

(here / "optimisation.json").write_text(json.dumps(document, indent=1) + "\n")
