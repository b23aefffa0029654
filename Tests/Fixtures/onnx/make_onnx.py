"""Makes the ONNX files that the tests of ModelFiles read, and beside each the tensors that must come out (safetensors).

    pip install torch==2.* transformers onnx onnxruntime safetensors numpy
    python make_onnx.py OUTPUT_FOLDER

The weights are drawn from a seed; file contents still differ between versions of the exporters, the tensors do not.
"""

import sys
import warnings
from pathlib import Path

import numpy
import onnx
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
torch.manual_seed(20)

SIZES = dict(vocab_size=23, max_position_embeddings=10)
BERT = dict(SIZES, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12)
DISTIL = dict(SIZES, dim=8, n_layers=2, n_heads=2, hidden_dim=12)


def expect(path: Path, tensors: dict):
    """What a reader must find in `path`: names, shapes, element types, values."""
    plain = {name: torch.as_tensor(tensor).detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(plain, str(path) + ".expected.safetensors")


def models():
    from transformers import (
        BertConfig,
        BertForMaskedLM,
        BertForSequenceClassification,
        DistilBertConfig,
        DistilBertForMaskedLM,
        MPNetConfig,
        MPNetModel,
        RobertaConfig,
        RobertaForSequenceClassification,
    )

    yield "bert-classifier", BertForSequenceClassification(BertConfig(**BERT, num_labels=1))
    yield "bert-mlm", BertForMaskedLM(BertConfig(**BERT))
    yield "distilbert-mlm", DistilBertForMaskedLM(DistilBertConfig(**DISTIL))
    yield "roberta-classifier", RobertaForSequenceClassification(RobertaConfig(**BERT, num_labels=1, pad_token_id=1))
    yield "mpnet", MPNetModel(MPNetConfig(**BERT))


def randomized(model):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.2)
    return model.eval()


def export(model, path: Path, **options):
    ids = torch.arange(2, 10).reshape(2, 4)
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        str(path),
        dynamo=False,
        opset_version=options.pop("opset", 17),
        input_names=["input_ids", "attention_mask"],
        **options,
    )
    strip(path)


def strip(path: Path):
    """Removes the stack traces of the exporter: they name folders of the machine."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.save(model, path)


def weights(model, path: Path) -> dict:
    """The parameters that the graph uses: a pooler without a head, for example, is not in it."""
    graph = onnx.load(path).graph
    found = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        transposed = parameter.detach().numpy().T
        for tensor in graph.initializer:
            values = numpy_helper.to_array(tensor)
            if any(values.shape == p.shape and (values == p).all() for p in (parameter.detach().numpy(), transposed)):
                found[name] = parameter
    return found


def dequantized(path: Path) -> dict:
    """The float tensors of a quantised file by the names in its graph, transposed where they are operands of a product."""
    graph = onnx.load(path).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    products = {node.input[1] for node in graph.node if node.op_type == "MatMulInteger"}
    found = {}
    for name, values in tensors.items():
        if name.endswith("_quantized"):
            base = name.removesuffix("_quantized")
            scale, zero = tensors[base + "_scale"], tensors[base + "_zero_point"]
            floats = (values.astype(numpy.float32) - zero.astype(numpy.float32)) * scale
            found[base] = floats.T if name in products else floats
    return found


def node_names(path: Path, model, found: dict) -> dict:
    """Which parameter each made-up name stands for: the float file has the same names and exact values."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    names = {}
    for base in found:
        for name, parameter in model.named_parameters(remove_duplicate=False):
            value = parameter.detach().numpy()
            if any(tensors[base].shape == v.shape and (tensors[base] == v).all() for v in (value, value.T)):
                names[name] = base
    return names


def plain_tensors(path: Path):
    """A model of one product, written by hand: every way in which TensorProto holds elements."""
    rng = numpy.random.default_rng(20)
    expected = {}
    initializers = []

    def add(name, kind, values, **fields):
        tensor = TensorProto(name=name, data_type=kind, dims=values.shape)
        for field, data in fields.items():
            if field == "raw_data":
                tensor.raw_data = data
            else:
                getattr(tensor, field).extend(data)
        initializers.append(tensor)
        numpy.testing.assert_array_equal(numpy_helper.to_array(tensor).astype(values.dtype), values)
        expected[name] = values

    floats = rng.standard_normal((2, 3)).astype(numpy.float32)
    half = floats.astype(numpy.float16)
    add("raw.f32", TensorProto.FLOAT, floats, raw_data=floats.tobytes())
    add("data.f32", TensorProto.FLOAT, floats, float_data=floats.ravel())
    add("data.f64", TensorProto.DOUBLE, floats.astype(float), double_data=floats.ravel())
    add("raw.f16", TensorProto.FLOAT16, half, raw_data=half.tobytes())
    add("data.f16", TensorProto.FLOAT16, half, int32_data=half.view(numpy.uint16).ravel())
    for kind, dtype in [("INT8", "int8"), ("INT16", "int16"), ("INT32", "int32")]:
        numbers = numpy.arange(-3, 3, dtype=dtype)
        add("data." + dtype, getattr(TensorProto, kind), numbers, int32_data=numbers)
    add("data.uint8", TensorProto.UINT8, numpy.array([0, 200], "uint8"), int32_data=[0, 200])
    add("data.bool", TensorProto.BOOL, numpy.array([True, False]), int32_data=[1, 0])
    add("data.int64", TensorProto.INT64, numpy.array([[-(2**40)], [7]]), int64_data=[-(2**40), 7])
    add("scalar", TensorProto.FLOAT, numpy.array(2.5, "float32"), float_data=[2.5])
    add("empty", TensorProto.FLOAT, numpy.zeros((0, 4), "float32"))
    brain = torch.from_numpy(floats).bfloat16()
    bits = brain.view(torch.int16).numpy().tobytes()
    initializers.append(TensorProto(name="raw.bf16", data_type=TensorProto.BFLOAT16, dims=[2, 3], raw_data=bits))
    expected["raw.bf16"] = brain

    # Linear layers as other exporters write them.
    square = rng.standard_normal((4, 4)).astype(numpy.float32)
    weight = rng.standard_normal((3, 4)).astype(numpy.float32)
    initializers += [
        numpy_helper.from_array(square, "onnx::MatMul_1"),
        numpy_helper.from_array(numpy.ones(4, "float32"), "first.bias"),
        numpy_helper.from_array(square.T.copy(), "val_2"),
        numpy_helper.from_array(numpy.ones(4, "float32"), "attention.in_proj_bias"),
        numpy_helper.from_array(weight.T.copy(), "12"),
        numpy_helper.from_array(numpy.ones(3, "float32"), "head.bias"),
        numpy_helper.from_array(weight, "out.weight"),
        numpy_helper.from_array(numpy.ones(3, "float32"), "out.bias"),
        numpy_helper.from_array(weight.T.copy(), "onnx::MatMul_9"),
    ]
    expected |= {
        "first.weight": square.T,
        "first.bias": numpy.ones(4, "float32"),
        "attention.in_proj_weight": square,
        "attention.in_proj_bias": numpy.ones(4, "float32"),
        "head.weight": weight,
        "head.bias": numpy.ones(3, "float32"),
        "out.weight": weight,
        "out.bias": numpy.ones(3, "float32"),
        "merged.bias": numpy.ones(3, "float32"),
        "encoder.layer.0.unbiased.weight": weight,
    }
    nodes = [
        helper.make_node("MatMul", ["x", "onnx::MatMul_1"], ["a"], name="MatMul_0"),
        helper.make_node("Add", ["a", "first.bias"], ["b"]),
        helper.make_node("MatMul", ["b", "val_2"], ["c"], name="node_MatMul_3"),
        helper.make_node("Add", ["attention.in_proj_bias", "c"], ["d"]),
        helper.make_node("Gemm", ["d", "12", "head.bias"], ["e"], name="Gemm_4"),
        helper.make_node("Gemm", ["d", "out.weight", "out.bias"], ["f"], name="Gemm_5", transB=1),
        helper.make_node("Identity", ["out.bias"], ["merged.bias"]),
        helper.make_node("MatMul", ["d", "onnx::MatMul_9"], ["g"], name="/encoder/layer.0/unbiased/MatMul"),
        helper.make_node("Add", ["g", "e"], ["h"]),
        helper.make_node("Add", ["h", "merged.bias"], ["i"]),
        helper.make_node("Add", ["i", "f"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "plain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])],
        initializers,
    )
    model = helper.make_model(graph, producer_name="needletail fixture", opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)
    expect(path, {name: torch.as_tensor(numpy.array(v, order="C")) if not torch.is_tensor(v) else v for name, v in expected.items()})


def main(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    plain_tensors(folder / "plain.onnx")
    for name, model in models():
        model = randomized(model)
        path = folder / f"{name}.onnx"
        export(model, path)
        expect(path, weights(model, path))
        if name == "bert-classifier":
            export(model, folder / "bert-unfolded.onnx", do_constant_folding=False, opset=14)
            onnx.save(
                onnx.load(path), folder / "bert-external.onnx", save_as_external_data=True,
                location="bert-external.onnx_data", size_threshold=64,
            )
            for kind, options in {
                "int8": dict(weight_type=QuantType.QInt8),
                "uint8-columns": dict(weight_type=QuantType.QUInt8, per_channel=True),
            }.items():
                quantized = folder / f"bert-{kind}.onnx"
                quantize_dynamic(path, quantized, **options)
                expected = dict(weights(model, path))
                found = dequantized(quantized)
                for parameter, base in node_names(path, model, found).items():
                    value = numpy.ascontiguousarray(found[base])
                    assert value.shape == tuple(expected[parameter].shape), (parameter, base)
                    expected[parameter] = torch.from_numpy(value)
                expect(quantized, expected)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
