"""The same network in other engines: each is a function from a batch of tokens (NumPy arrays) to an array of results.

ONNX Runtime gets the exported graph and optimises it by itself at loading; its own offline optimiser for BERT
(onnxruntime.transformers.optimizer) was tried and made no lasting difference, neither in fp32 nor in int8.
"""
import logging
import os
import sys
import warnings

NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def network(task, folder, attention, dtype):
    """The model with its head as one module: logits, unit mean vectors, or SPLADE weights."""
    import torch
    from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification

    kind = {"cross": AutoModelForSequenceClassification, "dense": AutoModel, "sparse": AutoModelForMaskedLM}[task]
    model = kind.from_pretrained(folder, attn_implementation=attention, dtype=dtype).eval()

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, ids, mask, types):
            out = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
            if task == "cross":
                return out.logits
            wide = mask.unsqueeze(-1)
            if task == "dense":
                wide = wide.to(out.last_hidden_state.dtype)
                mean = (out.last_hidden_state * wide).sum(1) / wide.sum(1)
                return torch.nn.functional.normalize(mean, dim=1)
            # The maximum first: saturation and ReLU do not change the order.
            return torch.log1p(torch.relu(out.logits.masked_fill(wide == 0, -1e4).amax(1)))

    return Network().eval()


def load(task, folder, threads, work, names):
    """Those of the named engines that are installed, by name."""
    import torch

    torch.set_num_threads(threads)
    found = {}
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in NAMES)

    def torch_engine(module):
        return lambda batch: module(*(torch.from_numpy(batch[k]) for k in NAMES)).float().numpy()

    for name, dtype in (("torch-fp32", torch.float32), ("torch-bf16", torch.bfloat16)):
        if name in names:
            found[name] = torch_engine(network(task, folder, "sdpa", dtype))
    plain = network(task, folder, "eager", torch.float32)
    if "torchscript" in names:
        with quiet():
            found["torchscript"] = torch_engine(torch.jit.freeze(torch.jit.trace(plain, example, strict=False)))
    if any(name.startswith(("ort", "openvino")) for name in names):
        graph = os.path.join(work, os.path.basename(folder) + ".onnx")
        if not os.path.exists(graph):
            with quiet():
                torch.onnx.export(
                    plain, example, graph, input_names=NAMES, output_names=["out"], opset_version=17, dynamo=False,
                    dynamic_axes={k: {0: "batch", 1: "length"} for k in NAMES})
        found.update(onnxruntime_engines(graph, threads, names))
        found.update(openvino_engines(graph, threads, names))
    return {name: found[name] for name in names if name in found}


def onnxruntime_engines(graph, threads, names):
    wanted = [n for n in names if n.startswith("ort-")]
    try:
        import onnxruntime
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError:
        return missing("onnxruntime", wanted)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    found = {}
    for name in wanted:
        path = graph
        if name == "ort-int8":
            path = graph.replace(".onnx", ".int8.onnx")
            if not os.path.exists(path):
                with quiet():
                    quantize_dynamic(graph, path, weight_type=QuantType.QInt8, per_channel=True,
                                     extra_options={"MatMulConstBOnly": True})
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        found[name] = lambda batch, session=session: session.run(None, {k: batch[k] for k in NAMES})[0]
    return found


def openvino_engines(graph, threads, names):
    wanted = [n for n in names if n.startswith("openvino-")]
    if not wanted:
        return {}
    try:
        import openvino
    except ImportError:
        return missing("openvino", wanted)
    core = openvino.Core()
    model = core.read_model(graph)
    found = {}
    for name in wanted:
        compiled = core.compile_model(model, "CPU", {
            "INFERENCE_PRECISION_HINT": "bf16" if name.endswith("bf16") else "f32", "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads})
        request = compiled.create_infer_request()
        found[name] = lambda batch, request=request: next(iter(request.infer({k: batch[k] for k in NAMES}).values()))
    return found


def missing(package, wanted):
    if wanted:
        print(f"{package} is not installed: {', '.join(wanted)} left out", file=sys.stderr)
    return {}


class quiet(warnings.catch_warnings):
    """Exporters and quantisers warn about what does not matter here."""

    def __enter__(self):
        super().__enter__()
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)

    def __exit__(self, *error):
        logging.disable(logging.NOTSET)
        super().__exit__(*error)
