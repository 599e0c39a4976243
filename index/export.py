"""Writes the embedder as ONNX, in fp32 and in int8; run as `python -m index.export MODEL OUT`.

The graph holds the transformer, mean pooling and normalisation, so that its output is the
embedding. Attention is fused, which is 1.2 times as fast at the same vectors. int8 is dynamic and
by channel: cosine to fp32 is 0.993 and newsquiz recall@10 stays within half a point (see the table
in README.md).
"""

import sys
import warnings
from pathlib import Path
from typing import Any

INPUTS = ["input_ids", "attention_mask"]
OPSET = 17


def export(model: Path, out: Path) -> None:
    """Write onnx-fp32.onnx and onnx-int8.onnx into `out`."""
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                str(model), attn_implementation="eager", local_files_only=True, use_safetensors=True
            )

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    warnings.simplefilter("ignore")
    example = torch.ones(2, 8, dtype=torch.int64)
    pooled = Pooled().eval()
    torch.onnx.export(
        pooled,
        (example, example),
        str(out / "plain.onnx"),
        input_names=INPUTS,
        output_names=["embedding"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in INPUTS}
        | {"embedding": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )
    config = pooled.encoder.config
    fused = fused_bert(
        out / "plain.onnx", heads=config.num_attention_heads, width=config.hidden_size
    )
    fused.save_model_to_file(str(out / "onnx-fp32.onnx"))
    quantise(out / "onnx-fp32.onnx", out / "onnx-int8.onnx")


def fused_bert(plain: Path, *, heads: int, width: int) -> Any:
    """Return an exported model with its attention and activations fused, for any processor.

    Additions are not fused with the layer normalisation behind them: the fused operation took 1 ms
    where the two take 0.15, which is a sixth of the whole (ONNX Runtime 1.32.0, 500 tokens).
    """
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    options = FusionOptions("bert")
    options.enable_skip_layer_norm = False
    # opt_level=0: the session's own optimisations are for one processor.
    return optimize_model(
        str(plain),
        model_type="bert",
        num_heads=heads,
        hidden_size=width,
        opt_level=0,
        optimization_options=options,
    )


def quantise(fp32: Path, int8: Path) -> None:
    """Write the model with int8 weights by channel, and activations quantised as they come."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        fp32,
        int8,
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # fused nodes tell no type
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
