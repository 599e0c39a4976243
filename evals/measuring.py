"""How long a real process runs, and what it holds in memory with its children."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from evals.datasets import ROOT

CUTTINGS = str(Path(sys.executable).parent / "cuttings")
SAMPLE_SECONDS = 0.1
MEMORY_KIND = "PSS" if sys.platform == "linux" else "RSS"
"""PSS shares pages out among the processes that hold them, so a sum counts each page once."""
MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process came to."""

    seconds: float
    peak_bytes: int
    """Of the process with its children, as MEMORY_KIND says, sampled."""
    output: str


def program(name: str) -> str | None:
    """Return the path of a program; without it, say so in one line and return None."""
    found = shutil.which(name)
    if found is None:
        print(f"{name} is not installed, so its rows are left out; on Debian: apt install {name}")
    return found


def measured(command: Sequence[str]) -> Measured:
    """Run a command to its end; exits with its last line of complaint where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        sampler = PeakSampler(child.pid, memory_bytes)
        sampler.start()
        output, complaint = child.communicate()
        seconds = time.perf_counter() - started
        peak_bytes = sampler.stop()
    if child.returncode != 0:
        last = (complaint.strip().splitlines() or [f"exit status {child.returncode}"])[-1]
        raise SystemExit(f"{' '.join(command[:6])} …: {last}")
    return Measured(seconds, peak_bytes, output)


class PeakSampler(threading.Thread):
    """Looks at a process and its children every so often, and keeps the highest sum."""

    def __init__(self, process_id: int, memory: Callable[[int], int]) -> None:
        super().__init__(daemon=True)
        self._process_id = process_id
        self._memory = memory
        self._stopped = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        """Look until stopped."""
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, self._memory(self._process_id))

    def stop(self) -> int:
        """Look no more; return the highest sum."""
        self._stopped.set()
        self.join()
        return self.peak_bytes


def memory_bytes(process_id: int) -> int:
    """Return what a process and its children hold, as MEMORY_KIND says; 0 when it is gone."""
    try:
        root = psutil.Process(process_id)
        return sum(_bytes_of(one) for one in (root, *root.children(recursive=True)))
    except psutil.Error:
        return 0


def _bytes_of(process: psutil.Process) -> int:
    try:
        if MEMORY_KIND == "PSS":
            return int(process.memory_full_info().pss)
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
