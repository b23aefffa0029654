"""Makes the PyTorch files that the tests of ModelFiles read, and beside each the tensors that must come out (safetensors).

    pip install torch==2.* transformers safetensors numpy
    python make_torch.py OUTPUT_FOLDER

The weights are drawn from a seed; file contents still differ between versions of PyTorch, the tensors do not.
"""

import collections
import pickle
import sys
import warnings
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(20)


def expect(path: Path, tensors: dict):
    """What a reader must find in `path`: names, shapes, element types, values."""
    plain = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(plain, str(path) + ".expected.safetensors")


def tensors_of_all_kinds() -> dict:
    """Element types, views, ties and odd shapes: what a state dict may legally hold."""
    base = torch.randn(6, 5)
    shared = torch.randn(4, 3)
    numbers = torch.arange(-6, 6)
    return collections.OrderedDict(
        [
            ("f32", torch.randn(3, 4)),
            ("f64", torch.randn(3, dtype=torch.float64)),
            ("f16", torch.randn(2, 3).half()),
            ("bf16", torch.randn(2, 3).bfloat16()),
            ("i8", numbers.to(torch.int8)),
            ("u8", (numbers + 6).to(torch.uint8)),
            ("i16", numbers.to(torch.int16)),
            ("i32", numbers.to(torch.int32)),
            ("i64", numbers.reshape(3, 4)),
            ("bool", numbers > 0),
            ("scalar", torch.tensor(2.5)),
            ("empty", torch.empty(0, 7)),
            ("view.transposed", base.t()),
            ("view.column", base[:, 2]),
            ("view.block", base[2:5, 1:4]),
            ("view.steps", base[::2, ::3]),
            ("view.permuted", torch.randn(2, 3, 4).permute(2, 0, 1)),
            ("tied.one", shared),
            ("tied.two", shared),
            ("parameter", torch.nn.Parameter(torch.randn(5))),
            ("größe.ß", torch.randn(2)),
        ]
    )


def tiny_bert():
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=23,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=10,
        attn_implementation="eager",
    )
    return randomized(BertModel(config).eval())


def randomized(model):
    """Fresh models have many equal tensors (ones, zeros): a mix-up of names would not show."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter) * 0.2)
    return model


def repacked(source: Path, target: Path, changes: dict, compression: int):
    """The same archive as another tool would write it, with some records changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for entry in old.infolist():
            name = entry.filename.split("/", 1)[1]
            new.writestr(entry.filename, changes.get(name, old.read(entry)))


def save_script(module, path: Path):
    """Saves TorchScript without the source positions for stack traces, which name folders of the machine."""
    module.save(path)
    reader = torch._C.PyTorchFileReader(str(path))
    records = [(name, reader.get_record(name)) for name in reader.get_all_records()]
    del reader
    own = {"version", "byteorder", ".data/serialization_id"}
    writer = torch._C.PyTorchFileWriter(str(path))
    for name, data in records:
        if not name.endswith(".debug_pkl") and name not in own:
            writer.write_record(name, data, len(data))
    writer.write_end_of_file()
    torch.jit.load(path)


class Hostile:
    """Runs a command when it is unpickled by Python."""

    def __reduce__(self):
        import os

        return os.system, ("touch pwned",)


def main(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    kinds = tensors_of_all_kinds()

    torch.save(kinds, folder / "kinds.bin")
    expect(folder / "kinds.bin", kinds)
    torch.save(kinds, folder / "protocol4.bin", pickle_protocol=4)
    torch.save(kinds, folder / "legacy.bin", _use_new_zipfile_serialization=False)
    repacked(folder / "kinds.bin", folder / "repacked.bin", {}, zipfile.ZIP_DEFLATED)
    repacked(folder / "kinds.bin", folder / "big-endian.bin", {"byteorder": b"big"}, zipfile.ZIP_STORED)

    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    randomized(module)
    optimizer = torch.optim.AdamW(module.parameters())
    module(torch.randn(4, 3)).sum().backward()
    optimizer.step()
    state = module.state_dict()
    torch.save({"epoch": 3, "optimizer": optimizer.state_dict(), "state_dict": state}, folder / "checkpoint.bin")
    expect(folder / "checkpoint.bin", state)
    torch.save(module, folder / "whole-module.bin")
    torch.save({"weight": torch.ones(2), "extra": Hostile()}, folder / "hostile.bin")
    torch.save({"z": torch.randn(2, dtype=torch.complex64)}, folder / "complex.bin")
    with open(folder / "plain.pkl", "wb") as file:
        pickle.dump({"a": [1, -2, 3.5, None, True, "x", b"y", (1, 2)], 10**30: {"b": {1}}}, file, protocol=5)

    bert = tiny_bert()
    ids = torch.arange(8).reshape(2, 4)
    traced = torch.jit.trace(bert, (ids, torch.ones_like(ids)), strict=False)
    save_script(traced, folder / "bert-traced.pt")
    expect(folder / "bert-traced.pt", {**dict(bert.named_parameters()), **dict(bert.named_buffers())})
    save_script(torch.jit.freeze(traced), folder / "bert-frozen.pt")

    class Scripted(torch.nn.Module):
        """Attributes beyond tensors and modules: lists and dictionaries of tensors, a tied weight, numbers."""

        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(3, 3)
            self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)])
            self.layers[1].weight = self.first.weight
            self.table = torch.jit.Attribute({"a": torch.randn(2)}, dict[str, torch.Tensor])
            self.items = torch.jit.Attribute([torch.randn(1), torch.randn(3)], list[torch.Tensor])
            self.sizes = torch.jit.Attribute([3, 4], list[int])
            self.scale = 0.5

        def forward(self, x):
            for layer in self.layers:
                x = layer(self.first(x)) * self.scale + self.items[0] + self.sizes[0]
            return x + self.table["a"][0]

    scripted = torch.jit.script(Scripted())
    save_script(scripted, folder / "scripted.pt")
    found = dict(scripted.named_parameters(remove_duplicate=False))
    found["table.a"] = scripted.table["a"]
    found["items.0"], found["items.1"] = scripted.items
    expect(folder / "scripted.pt", found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
