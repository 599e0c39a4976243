"""Writes the trained reader for the product: `python -m training.export qa/weights`.

reader.onnx           fused, matrices in fp16, the word table in int8 rows with a scale each (34 MB;
                      all in fp16 would be more than 45)
reader.onnx.sha256    what the product checks it against
"""

import argparse
import hashlib
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from index.export import fused_bert
from qa.reader_files import SHA256, WEIGHTS
from qa.reader_model import INPUTS
from training.dev_figures import latest_weights
from training.model import ReaderModel, base_model, load_weights
from training.preparing import WORK

OPSET = 17
OUTPUTS = ("start", "end", "answerable")
MAX_BYTES = 45_000_000
LEAST_HALVED_ELEMENTS = 10_000
"""Smaller tensors stay in fp32: they are few bytes, and layer normalisation wants them exact."""


class PackedWords(nn.Module):
    """A word table in int8, with one scale to a row."""

    rows: Tensor
    scale: Tensor

    def __init__(self, words: Tensor) -> None:
        super().__init__()
        scale = (words.abs().amax(1, keepdim=True) / 127).clamp(min=1e-6)
        self.register_buffer("rows", (words / scale).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows of `ids` in fp32."""
        return self.rows[ids].float() * self.scale[ids]


def write_onnx(model: ReaderModel, out: Path) -> None:
    """Write the model to `out` as it is published; `model` is left with a packed word table."""
    import onnx

    warnings.simplefilter("ignore")
    embeddings: Any = model.encoder.embeddings
    embeddings.word_embeddings = PackedWords(embeddings.word_embeddings.weight.detach())
    example = torch.ones(2, 8, dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            model.eval(),
            (example, example, example),
            str(plain),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "windows", 1: "tokens"} for name in (*INPUTS, *OUTPUTS[:2])}
            | {"answerable": {0: "windows"}},
            opset_version=OPSET,
            dynamo=False,
        )
        config = model.encoder.config
        fused = fused_bert(plain, heads=config.num_attention_heads, width=config.hidden_size)
    halve(fused.model)
    onnx.save(fused.model, str(out))
    if out.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{out} has {out.stat().st_size} bytes, more than {MAX_BYTES}")


def halve(graph: Any) -> None:
    """Store the large fp32 tensors of an ONNX model in fp16, each with a cast back behind it."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < LEAST_HALVED_ELEMENTS:
            continue
        name, stored = tensor.name, f"{tensor.name}.fp16"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def export(weights: Path, out: Path) -> Path:
    """Write the weights of a safetensors file into `out`; return the file."""
    out.mkdir(parents=True, exist_ok=True)
    model = base_model()
    load_weights(model, weights)
    written = out / WEIGHTS
    write_onnx(model, written)
    sha256 = hashlib.sha256(written.read_bytes()).hexdigest()
    (out / SHA256).write_text(f"{sha256}  {WEIGHTS}\n")
    return written


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", type=Path, default=WORK / "runs" / "reader")
    parser.add_argument("--weights", type=Path, help="a safetensors file; default: the latest")
    arguments = parser.parse_args()
    written = export(arguments.weights or latest_weights(arguments.run), arguments.out)
    print(f"{written}: {written.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
