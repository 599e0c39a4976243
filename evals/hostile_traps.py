"""Traps of the file system among article files: pipes, devices, links, names, rights, vanishing."""

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from evals import hostile_seeds

ODD_NAMES = (
    b"line\nbreak.txt",
    b"quote'\"`$(x).txt",
    b"-rf.txt",
    b"bad \xff\xfe name.txt",
    b"half \xed\xa0\x80.txt",
    "right \u202eto left.txt".encode(),
    b"x" * 251 + b".txt",
    "é".encode() * 120 + b".md",
    b"tab\tand\x01control.txt",
    b" .txt",
    b"UPPER.TXT",
    b"two.dots..txt",
    b"semi;colon&pipe|.html",
    b"%2e%2e%2f.txt",
)
DEVICES = ("/dev/zero", "/dev/random", "/dev/null", "/dev/tty", "/proc/self/mem", "/proc/kmsg")
VANISHING = 5


@dataclass(slots=True)
class Batch:
    """A folder of files that are added together."""

    folder: Path
    kinds: dict[Path, str] = field(default_factory=dict)
    """Hostile files, with the kind of each."""
    good: list[Path] = field(default_factory=list)
    vanishing: list[Path] = field(default_factory=list)
    """Removed one by one while the batch is added; named on the command line."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)

    def path(self, kind: str, name: bytes) -> Path:
        """Return the path of a file that will be expected in the report."""
        path = self.folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.kinds[path] = kind
        return path

    def write(self, kind: str, name: bytes, data: bytes) -> Path:
        """Write a hostile file."""
        path = self.path(kind, name)
        path.write_bytes(data)
        return path


def lay_traps(batch: Batch, rng: random.Random) -> None:
    """Put one trap of each kind into a batch."""
    for name in ODD_NAMES:
        batch.write("names", name, hostile_seeds.text(rng))
    batch.write("names", b"folder \xff/inside.txt", hostile_seeds.text(rng))
    for name in ("pipe.txt", "pipe.jsonl", "pipe.pdf"):
        os.mkfifo(batch.path("pipes", name.encode()))
    for device in DEVICES:
        name = f"device-{device.replace('/', '-')}.txt"
        batch.path("devices", name.encode()).symlink_to(device)
    _links(batch, rng)
    if os.geteuid() != 0 or shutil.which("setpriv"):
        batch.write("rights", b"unreadable.txt", hostile_seeds.text(rng)).chmod(0)
        (batch.folder / "closed").mkdir(mode=0)
        batch.kinds[batch.folder / "closed"] = "rights"
    with batch.path("sizes", b"sparse.txt").open("wb") as sparse:
        sparse.truncate(1 << 38)
    for number in range(VANISHING):
        name = f"zz-vanishing-{number}.txt".encode()
        batch.vanishing.append(batch.write("vanishing", name, hostile_seeds.text(rng)))


def _links(batch: Batch, rng: random.Random) -> None:
    target = batch.write("links", b"target.txt", hostile_seeds.text(rng))
    batch.path("links", b"to-file.txt").symlink_to(target)
    batch.path("links", b"to-itself.txt").symlink_to("to-itself.txt")
    batch.path("links", b"round-1.txt").symlink_to("round-2.txt")
    batch.path("links", b"round-2.txt").symlink_to("round-1.txt")
    batch.path("links", b"to-nothing.txt").symlink_to("nowhere.txt")
    # Links to folders are not followed, and so not reported: these must only not trap the walk.
    (batch.folder / "loop").symlink_to(".")
    (batch.folder / "everything").symlink_to("/")
