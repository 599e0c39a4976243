"""Trains the reader; `python -m training.train --minutes 100`, again with the same to go on."""

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers are threads of ours; see trainer.py

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from training import checkpoints
from training.batches import StepSize, steps
from training.checkpoints import Checkpoint, Progress
from training.model import base_model
from training.preparing import DATA, SEED, WORK
from training.trainer import Recipe, StepReport, Trainer

CHECKPOINT_SECONDS = 300.0
LONGEST_STEP_SECONDS = 20.0
"""A step takes 1.5 s on two free cores and 5 s on busy ones; what is beyond this is a pause of the
process, or next to one, and not counted."""
LOGGED_STEPS = 10


@dataclass(frozen=True, slots=True)
class Feed:
    """What a run reads."""

    folder: Path
    size: StepSize
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Plan:
    """When a run ends: after so many minutes of training, or so many windows."""

    minutes: float | None = None
    windows: int | None = None

    def share(self, progress: Progress) -> float:
        """Return how much of the run is done, in [0, 1]."""
        by_time = progress.seconds / (self.minutes * 60) if self.minutes else 0.0
        by_windows = progress.windows / self.windows if self.windows else 0.0
        return min(1.0, max(by_time, by_windows))


class ProgressLog:
    """Prints a line every few steps with means since the last one."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reports: list[StepReport] = []
        self._seconds = 0.0

    def add(self, report: StepReport, progress: Progress, rate: float, seconds: float) -> None:
        """Take note of a step."""
        self._reports.append(report)
        self._seconds += seconds
        if len(self._reports) == LOGGED_STEPS:
            print(self._line(progress, rate), flush=True)
            self._reports, self._seconds = [], 0.0

    def _line(self, progress: Progress, rate: float) -> str:
        def mean(value: Callable[[StepReport], float]) -> float:
            return sum(map(value, self._reports)) / len(self._reports)

        share = self._plan.share(progress)
        remaining = progress.seconds * (1 - share) / max(share, 1e-6) / 60
        speed = sum(one.windows for one in self._reports) / self._seconds
        return (
            f"{time.strftime('%H:%M:%S')} step {progress.step} windows {progress.windows} "
            f"shard {progress.place.shard} spans {mean(lambda one: one.spans):.3f} "
            f"answerable {mean(lambda one: one.answerable):.3f} "
            f"gradient {mean(lambda one: one.gradient):.2f} rate {rate:.2e} "
            f"{speed:.1f} windows/s, {share:.1%} done, {remaining:.0f} min to go"
        )


def train(trainer: Trainer, plan: Plan, feed: Feed, run: Path) -> Progress:
    """Train to the end of the plan from the latest checkpoint in `run`; return how far it got."""
    progress = resumed(trainer, run)
    log, saved = ProgressLog(plan), time.monotonic()
    for place, batches in steps(feed.folder, progress.place, feed.size, seed=feed.seed):
        share = plan.share(progress)
        if share >= 1:
            break
        started = time.monotonic()
        report = trainer.step(batches, share)
        seconds = min(time.monotonic() - started, LONGEST_STEP_SECONDS)
        progress = Progress(
            progress.step + 1,
            progress.windows + report.windows,
            progress.seconds + seconds,
            place,
        )
        log.add(report, progress, trainer.recipe.rate(share), seconds)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            save(trainer, progress, run)
            saved = time.monotonic()
    save(trainer, progress, run)
    return progress


def save(trainer: Trainer, progress: Progress, run: Path) -> Path:
    """Write a checkpoint of the run."""
    weights = {name: one.detach() for name, one in trainer.model.named_parameters()}
    return checkpoints.save(
        run, Checkpoint(progress, weights, trainer.average, trainer.optimizer_tensors())
    )


def resumed(trainer: Trainer, run: Path) -> Progress:
    """Set the trainer to the run's latest checkpoint and return its progress; new if none."""
    found = checkpoints.all_in(run)
    if not found:
        return Progress()
    held = checkpoints.load(found[-1])
    trainer.restore(dict(held.weights), dict(held.average), dict(held.optimizer))
    print(f"going on from {found[-1].name}", flush=True)
    return held.progress


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, help="planned time of training")
    parser.add_argument("--examples", type=int, help="planned number of windows")
    parser.add_argument("--rate", type=float, default=Recipe().peak_rate)
    parser.add_argument("--workers", type=int, default=2, help="threads, each with its own copy")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--run", type=Path, default=WORK / "runs" / "reader")
    arguments = parser.parse_args()
    if not arguments.minutes and not arguments.examples:
        parser.error("say how long: --minutes or --examples")
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    cuda = torch.cuda.is_available()
    model = base_model(attention="sdpa" if cuda else "eager").to("cuda" if cuda else "cpu")
    recipe = replace(Recipe(), peak_rate=arguments.rate)
    trainer = Trainer(model, recipe, workers=1 if cuda else arguments.workers)
    plan = Plan(arguments.minutes, arguments.examples)
    done = train(trainer, plan, Feed(arguments.data, StepSize()), arguments.run)
    print(f"done: {done}", flush=True)


if __name__ == "__main__":
    main()
