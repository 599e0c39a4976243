"""Checkpoints: whole or absent, without pickle, from which a run goes on anywhere."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from training.batches import Place

PREFIX = "checkpoint-"
KEPT = 2
Tensors = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    step: int = 0
    windows: int = 0
    seconds: float = 0.0
    """Time that training took, without pauses."""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run."""

    progress: Progress
    weights: Tensors
    average: Tensors
    optimizer: Tensors


def save(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint into `folder` and drop all but the latest; return where it is."""
    path = folder / f"{PREFIX}{checkpoint.progress.step:07}"
    part = folder / f".{path.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in ("weights", "average", "optimizer"):
        tensors = {key: one.contiguous() for key, one in getattr(checkpoint, name).items()}
        save_file(tensors, part / f"{name}.safetensors")
    (part / "progress.json").write_text(json.dumps(asdict(checkpoint.progress)))
    for file in (*part.iterdir(), part):
        _sync(file)
    shutil.rmtree(path, ignore_errors=True)
    part.rename(path)
    _sync(folder)
    for old in all_in(folder)[:-KEPT]:
        shutil.rmtree(old)
    return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def all_in(folder: Path) -> list[Path]:
    """Return the checkpoints of a run, oldest first."""
    return sorted(folder.glob(f"{PREFIX}*"))


def load(path: Path) -> Checkpoint:
    """Return the checkpoint at `path`."""
    state = json.loads((path / "progress.json").read_text())
    state["place"] = Place(**state["place"])
    tensors = (
        load_file(path / f"{name}.safetensors") for name in ("weights", "average", "optimizer")
    )
    return Checkpoint(Progress(**state), *tensors)
