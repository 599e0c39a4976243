"""The reader's weights: that they are those published, and the copies that run fast here.

`python -m qa.reader_files WEIGHTS OUT` writes the copies. What is published holds fp16 matrices and
an int8 word table, 34 MB; it becomes fp32 by folding the casts, and int8 from that, by channel.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from index.model_files import make_onnx_files, remembered_hash
from qa.errors import ReaderError

FOLDER = Path(__file__).parent / "weights"
WEIGHTS = "reader.onnx"
SHA256 = "reader.onnx.sha256"
EXPORT_VERSION = 1
MEND = "mend it with: pip install --force-reinstall --no-deps cuttings"


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """The reader's weights, checked."""

    weights: Path
    cache: Path
    """Folder for what is made from them on this machine."""

    def is_ready(self, runtime: str) -> bool:
        """Return whether the ONNX file is there already."""
        return self._made(runtime).exists()

    def onnx(self, runtime: str) -> Path:
        """Return the ONNX file for "onnx-fp32" or "onnx-int8", made on first use (about 5 s).

        Raises ReaderError where it cannot be made.
        """
        if not self.is_ready(runtime):
            try:
                make_onnx_files("qa.reader_files", self.weights, self.cache)
            except (ChildProcessError, OSError, subprocess.SubprocessError) as error:
                raise ReaderError(f"the reader could not be prepared: {error}") from None
        return self._made(runtime)

    def _made(self, runtime: str) -> Path:
        return self.cache / f"{runtime}.onnx"


def locate_reader(cache_folder: Path, folder: Path = FOLDER) -> ReaderFiles:
    """Return the reader's files; raises ReaderError where they are missing or altered."""
    weights, note = folder / WEIGHTS, folder / SHA256
    if not weights.is_file() or not note.is_file():
        raise ReaderError(f"the reader's weights are missing at {weights}; {MEND}")
    found, expected = remembered_hash(weights, cache_folder), note.read_text()[:64]
    if found != expected:
        raise ReaderError(
            f"{weights} is not what was published (SHA-256 {found[:12]}…, expected "
            f"{expected[:12]}…); {MEND}"
        )
    cache = cache_folder / "models" / f"reader-{found[:16]}-v{EXPORT_VERSION}"
    return ReaderFiles(weights, cache)


def write_formats(weights: Path, out: Path) -> None:
    """Write onnx-fp32.onnx and onnx-int8.onnx into `out`."""
    import onnxruntime

    from index.export import quantise

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(out / "onnx-fp32.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    quantise(out / "onnx-fp32.onnx", out / "onnx-int8.onnx")


if __name__ == "__main__":
    write_formats(Path(sys.argv[1]), Path(sys.argv[2]))
