"""Which runtime is fastest on this processor: measured once, in a child process, and kept.

Eightfold differences were measured between processors, and in both directions: with AMX bf16 runs
8 times as fast as ONNX int8, with AVX-512 VNNI alone int8 runs 3 times as fast as fp32.
"""

import hashlib
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

from index.encoders import Encoder, OnnxEncoder, TorchEncoder, usable_cores
from index.model_files import ModelFiles, write_atomically

RUNTIMES = ("onnx-int8", "torch-bf16", "onnx-fp32", "torch-fp32")
SAMPLE = (
    "The foreign minister said on Friday that talks would go on, and that no decision had been "
    "taken on the proposal which both governments received a week ago in Geneva. "
) * 6
SAMPLE_TEXTS = 16
BEST_OF = 3
CHILD_SECONDS = 180


def load_encoder(files: ModelFiles, runtime: str) -> Encoder:
    """Return the model run by the named runtime."""
    if runtime.startswith("onnx"):
        return OnnxEncoder(files.onnx(runtime), files.tokenizer)
    return TorchEncoder(files.folder, bf16=runtime == "torch-bf16")


def fastest_runtime(files: ModelFiles, *, among: tuple[str, ...] = RUNTIMES) -> str:
    """Return the fastest of `among` on this machine, from the note of an earlier measurement."""
    speeds = measured_speeds(files)
    return max(among, key=lambda runtime: speeds.get(runtime, 0.0))


def measured_speeds(files: ModelFiles) -> dict[str, float]:
    """Return texts of 180 tokens per second by runtime; 0 where one does not run here."""
    note = files.cache / f"speeds-{_processor()}.json"
    if note.is_file():
        try:
            return {str(name): float(speed) for name, speed in json.loads(note.read_text()).items()}
        except (ValueError, AttributeError):
            note.unlink(missing_ok=True)
    files.onnx("onnx-int8")
    speeds = {runtime: _measured_in_child(files, runtime) for runtime in RUNTIMES}
    if any(speeds.values()):
        write_atomically(note, json.dumps(speeds))
    return speeds


def is_measured(files: ModelFiles) -> bool:
    """Return whether the choice on this machine is already known."""
    return (files.cache / f"speeds-{_processor()}.json").is_file()


def _measured_in_child(files: ModelFiles, runtime: str) -> float:
    command = [
        sys.executable,
        "-m",
        "index.calibration",
        str(files.folder),
        str(files.cache),
        runtime,
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=CHILD_SECONDS, check=False
        )
        return float(done.stdout.strip().splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        return 0.0


def _measure(encoder: Encoder) -> float:
    texts = [SAMPLE] * SAMPLE_TEXTS
    encoder.encode(texts[:2])
    times = []
    for _ in range(BEST_OF):
        started = time.perf_counter()
        encoder.encode(texts)
        times.append(time.perf_counter() - started)
    return SAMPLE_TEXTS / min(times)


def _processor() -> str:
    """Return what identifies the kind of processor and the cores that may be used."""
    described = platform.processor() + platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(errors="replace").split("\n\n", maxsplit=1)[0].splitlines()
        described += "".join(x for x in lines if x.startswith(("model name", "flags", "Features")))
    return hashlib.sha256(f"{described}{usable_cores()}".encode()).hexdigest()[:12]


if __name__ == "__main__":
    model_files = ModelFiles("", Path(sys.argv[1]), "", Path(sys.argv[2]))
    print(_measure(load_encoder(model_files, sys.argv[3])))
