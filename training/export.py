"""Writes the trained reader for the product: `python -m training.export OUT [--weights FILE]`.

reader.safetensors   fp16, but for the word embeddings: int8 rows with an fp16 scale each, as
                     all in fp16 would be 45.1 MB
reader-fp32.onnx, reader-int8.onnx   made from it, with --onnx; int8 is dynamic, by channel
reader.json          SHA-256 of the files, and what the inputs and outputs are called
"""

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import torch
from torch import Tensor

from training.dev_figures import latest_weights
from training.model import ReaderModel, base_model, load_weights
from training.preparing import WORK
from training.reading import INPUTS

OPSET = 17
OUTPUTS = ("start", "end", "answerable")
WORDS = "encoder.embeddings.word_embeddings.weight"
SCALE = f"{WORDS}.scale"
MAX_BYTES = 45_000_000


def packed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights as they are stored."""
    held = {name: one.half() for name, one in weights.items()}
    words = weights[WORDS].float()
    scale = (words.abs().amax(1, keepdim=True) / 127).clamp(min=1e-6).half()
    held[WORDS] = (words / scale.float()).round().clamp(-127, 127).to(torch.int8)
    held[SCALE] = scale
    return held


def unpacked(held: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return stored weights in fp32."""
    weights = {name: one.float() for name, one in held.items() if name != SCALE}
    weights[WORDS] *= held[SCALE].float()
    return weights


def write_weights(model: ReaderModel, path: Path) -> None:
    """Write the packed weights, and set the model to what a reader of the file gets."""
    from safetensors.torch import load_file, save_file

    parameters = {name: one.detach() for name, one in model.named_parameters()}
    save_file(packed(parameters), path)
    if path.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {MAX_BYTES}")
    model.load_state_dict(unpacked(load_file(path)), strict=False)


def write_onnx(model: ReaderModel, fp32: Path, int8: Path) -> None:
    """Write the model as ONNX in fp32, and quantised from it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    warnings.simplefilter("ignore")
    example = torch.ones(2, 8, dtype=torch.int64)
    torch.onnx.export(
        model.eval(),
        (example, example, example),
        str(fp32),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "windows", 1: "tokens"} for name in (*INPUTS, *OUTPUTS[:2])}
        | {"answerable": {0: "windows"}},
        opset_version=OPSET,
        dynamo=False,
    )
    quantize_dynamic(fp32, int8, per_channel=True, weight_type=QuantType.QInt8)


def export(weights: Path, out: Path, *, onnx: bool) -> None:
    """Write everything into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    model = base_model()
    load_weights(model, weights)
    files = [out / "reader.safetensors"]
    write_weights(model, files[0])
    if onnx:
        files += [out / "reader-fp32.onnx", out / "reader-int8.onnx"]
        write_onnx(model, *files[1:])
    card = {
        "sha256": {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in files},
        "bytes": {one.name: one.stat().st_size for one in files},
        "inputs": INPUTS,
        "outputs": OUTPUTS,
    }
    (out / "reader.json").write_text(json.dumps(card, indent=1) + "\n")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", type=Path, default=WORK / "runs" / "reader")
    parser.add_argument("--weights", type=Path, help="a safetensors file; default: the latest")
    parser.add_argument("--onnx", action="store_true", help="write the ONNX files too")
    arguments = parser.parse_args()
    export(arguments.weights or latest_weights(arguments.run), arguments.out, onnx=arguments.onnx)
    print((arguments.out / "reader.json").read_text())


if __name__ == "__main__":
    main()
