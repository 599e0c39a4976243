"""The `cuttings` command in a process of its own, its memory watched with its children's."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from evals.datasets import ROOT
from evals.measuring import PeakSampler


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """What a command came to."""

    status: int
    """Its exit status; -9 where it ran out of time and was killed."""
    seconds: float
    peak_bytes: int
    """Of the process and its children together, sampled ten times a second."""
    output: bytes
    complaints: str
    """What it wrote to standard error."""

    @property
    def timed_out(self) -> bool:
        """Whether it was stopped because it took too long."""
        return self.status == -9


def memory_bytes(process_id: int) -> int:
    """Return the resident bytes of a process and its children; 0 when it is gone."""
    try:
        root = psutil.Process(process_id)
        return sum(one.memory_info().rss for one in (root, *root.children(recursive=True)))
    except psutil.Error:
        return 0


def watched(
    command: Sequence[str | bytes], *, timeout_seconds: float, folder: Path = ROOT
) -> WatchedRun:
    """Run a command to its end or until the time is over."""
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
    ) as child:
        sampler = PeakSampler(child.pid, memory_bytes)
        sampler.start()
        try:
            output, complaints = child.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            output, complaints = child.communicate()
        peak_bytes = sampler.stop()
    return WatchedRun(
        child.returncode,
        time.monotonic() - began,
        peak_bytes,
        output,
        complaints.decode("utf-8", "replace"),
    )
