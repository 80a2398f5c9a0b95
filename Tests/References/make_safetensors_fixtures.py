"""Writes Tests/Fixtures/safetensors with PyTorch and the `safetensors` package, and with their verdict on each case.

Run from anywhere: `python3 Tests/References/make_safetensors_fixtures.py` (numpy, torch, safetensors 0.8.0).
"""

import json
import pathlib

import numpy
import safetensors
import torch
from safetensors.torch import save_file

from safetensors_cases import cases

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "safetensors"


def sequential():
    """A trained-looking network as a plain state dict, and what it answers in evaluation mode."""
    torch.manual_seed(20)
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 3))
    norm = model[1]
    with torch.no_grad():
        norm.running_mean += 0.3 * torch.randn(4)
        norm.running_var *= 0.5 + torch.rand(4)
        norm.weight += 0.2 * torch.randn(4)
        norm.bias += 0.2 * torch.randn(4)
        norm.num_batches_tracked += 12
    model.eval()
    inputs = torch.randn(7, 5)
    save_file(model.state_dict(), FOLDER / "sequential.safetensors", metadata={"format": "pt"})
    with torch.no_grad():
        save_file({"input": inputs, "logits": model(inputs)}, FOLDER / "sequential-expected.safetensors")


def dtypes():
    """Each dtype that is converted, and beside it the same values as the package converts them (`….expected`)."""
    values = torch.tensor(
        [0.0, -0.0, 1.0, -2.5, 0.1, 65504.0, 6.104e-05, 5.96e-08, 1e-07, 3.140625, -0.333251953125, 2049.0])
    special = torch.tensor([float("inf"), float("-inf"), float("nan"), 1.0])
    doubles = torch.tensor([0.1, -1e-300, 2.0**53 + 2, 1.7976931348623157e308, 5e-324], dtype=torch.float64)
    tensors = {
        "half": values.half().reshape(3, 4),
        "half.expected": values.half().float().reshape(3, 4),
        "brain": values.bfloat16().reshape(3, 4),
        "brain.expected": values.bfloat16().float().reshape(3, 4),
        "double": values.double() / 3,
        "double.expected": (values.double() / 3).float(),
        "half.special": special.half(),
        "brain.special": special.bfloat16(),
        "single.special": special,
        "double.extreme": doubles,
        "long": torch.tensor([2**62, -(2**63), -1, 0], dtype=torch.int64),
        "int": torch.tensor([[2**31 - 1], [-(2**31)]], dtype=torch.int32),
        "byte": torch.tensor([0, 127, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 3),
        "cube": torch.arange(24.0).reshape(2, 3, 4),
    }
    save_file(tensors, FOLDER / "dtypes.safetensors", metadata={"käse \"1\"\n": "\t☃ \\ \u007f"})


def every_dtype():
    """Two tensors of each dtype that the package writes, to show the order in which it puts them."""
    bits = {
        "bool": 8, "float4_e2m1fn_x2": 4, "uint8": 8, "int8": 8, "float8_e5m2": 8, "float8_e4m3fn": 8,
        "float8_e8m0fnu": 8, "float8_e4m3fnuz": 8, "float8_e5m2fnuz": 8, "int16": 16, "uint16": 16, "float16": 16,
        "bfloat16": 16, "int32": 32, "uint32": 32, "float32": 32, "complex64": 64, "float64": 64, "int64": 64,
        "uint64": 64,
    }
    specs, buffers = {}, []
    for number, (dtype, width) in enumerate(bits.items()):
        for name in ["Z", "a"]:
            data = numpy.full(4 * width // 8, number, dtype=numpy.uint8)
            buffers.append(data)
            shape = [2] if width == 4 else [4]  # the package doubles the last dimension of packed pairs
            specs[f"{name}.{dtype}"] = safetensors.TensorSpec(
                dtype=dtype, shape=shape, data_ptr=data.ctypes.data, data_len=data.nbytes)
    (FOLDER / "every-dtype.safetensors").write_bytes(safetensors.serialize(specs))


def verdicts():
    rows = []
    for name, parts in cases():
        data = b"".join(
            (part["text"].encode() if "text" in part else bytes.fromhex(part["hex"])) * part.get("times", 1)
            for part in parts)
        try:
            safetensors.deserialize(data)
            verdict = "accepts"
        except safetensors.SafetensorError:
            verdict = "rejects"
        rows.append(json.dumps({"name": name, "reference": verdict, "parts": parts}, ensure_ascii=False))
    (FOLDER / "cases.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
    print(len(rows), "cases by safetensors", safetensors.__version__)


FOLDER.mkdir(parents=True, exist_ok=True)
sequential()
dtypes()
every_dtype()
verdicts()
for path in FOLDER.iterdir():
    path.chmod(0o644)
print(sum(path.stat().st_size for path in FOLDER.iterdir()), "bytes in", FOLDER.name)
