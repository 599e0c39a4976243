"""One step of training on any number of workers, and the state that goes from step to step.

Each worker thread has a bfloat16 copy of the model on one core. On two shared cores this took 59 ms
of processor time a window of 128 tokens; one model on two threads took 190, most of it spent in
waiting for the slower core at the end of every operation.
"""

import copy
import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor, nn

from training.model import Batch, Losses, ReaderModel, losses


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is tuned in training."""

    peak_rate: float = 1.5e-4
    weight_decay: float = 0.01
    clip: float = 1.0
    warm_up: float = 0.04
    """Share of the run in which the learning rate rises."""
    average_decay: float = 0.99
    answerable_weight: float = 1.0

    def rate(self, progress: float) -> float:
        """Return the learning rate at `progress` in [0, 1]: up linearly, then down to zero."""
        if progress < self.warm_up:
            return self.peak_rate * max(progress, 0.002) / self.warm_up
        return self.peak_rate * max(0.0, (1 - progress) / (1 - self.warm_up))


@dataclass(frozen=True, slots=True)
class StepReport:
    """Means of one step."""

    spans: float
    """Nats by answered question."""
    answerable: float
    """Nats by window."""
    gradient: float
    windows: int


class Trainer:
    """Holds the weights in fp32, their moving average and the optimizer."""

    def __init__(self, model: ReaderModel, recipe: Recipe, *, workers: int) -> None:
        self.model = model
        self.recipe = recipe
        self.device = next(model.parameters()).device
        self.average = {name: one.detach().clone() for name, one in model.named_parameters()}
        self.optimizer = torch.optim.AdamW(self._parameter_groups(), lr=recipe.peak_rate)
        self._steps = 0
        self._copies: queue.SimpleQueue[ReaderModel] = queue.SimpleQueue()
        self._replicas = [_replica(model) for _ in range(workers)]
        for one in self._replicas:
            self._copies.put(one)
        self._adding = Lock()
        self._pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))

    def _parameter_groups(self) -> list[dict[str, object]]:
        named = list(self.model.named_parameters())
        return [
            {
                "params": [one for _, one in named if one.ndim > 1],
                "weight_decay": self.recipe.weight_decay,
            },
            {"params": [one for _, one in named if one.ndim <= 1], "weight_decay": 0.0},
        ]

    def step(self, batches: Sequence[Batch], progress: float) -> StepReport:
        """Take one step over all `batches`; the learning rate follows `progress` in [0, 1]."""
        self._refresh()
        self.optimizer.zero_grad()
        answered = max(1.0, sum(float(one.answers.sum()) for one in batches))
        windows = sum(len(one.answers) for one in batches)
        weights = (1 / answered, self.recipe.answerable_weight / windows)
        paid = list(self._pool.map(lambda one: self._backward(one, weights), batches))
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate(progress)
        self.optimizer.step()
        self._steps += 1
        self._follow()
        return StepReport(
            sum(float(one.spans) for one in paid) / answered,
            sum(float(one.answerable) for one in paid) / windows,
            float(norm),
            windows,
        )

    def _backward(self, batch: Batch, weights: tuple[float, float]) -> Losses:
        with self._worker() as replica:
            paid = losses(replica, batch.to(self.device))
            torch.autograd.backward(paid.spans * weights[0] + paid.answerable * weights[1])
            with self._adding:
                self._add_gradients(replica)
            replica.zero_grad(set_to_none=False)
        return Losses(paid.spans.detach(), paid.answerable.detach())

    @contextmanager
    def _worker(self) -> Iterator[ReaderModel]:
        replica = self._copies.get()
        try:
            yield replica
        finally:
            self._copies.put(replica)

    def _add_gradients(self, replica: ReaderModel) -> None:
        for master, copied in zip(self.model.parameters(), replica.parameters(), strict=True):
            if copied.grad is None:
                continue
            if master.grad is None:
                master.grad = copied.grad.to(master.dtype, copy=True)
            else:
                master.grad += copied.grad

    @torch.no_grad()
    def _refresh(self) -> None:
        for replica in self._replicas:
            for master, copied in zip(self.model.parameters(), replica.parameters(), strict=True):
                copied.copy_(master)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average towards the weights; fast at first, so that it starts from them."""
        decay = min(self.recipe.average_decay, self._steps / (self._steps + 10))
        for name, one in self.model.named_parameters():
            self.average[name].lerp_(one, 1 - decay)

    def optimizer_tensors(self) -> dict[str, Tensor]:
        """Return the optimizer's state under names of parameters."""
        return {
            f"{name}/{key}": value
            for name, one in self.model.named_parameters()
            for key, value in self.optimizer.state[one].items()
        }

    def restore(
        self, weights: dict[str, Tensor], average: dict[str, Tensor], optimizer: dict[str, Tensor]
    ) -> None:
        """Set the state to that of a checkpoint."""
        self.model.load_state_dict(weights)
        self.average = {name: one.to(self.device) for name, one in average.items()}
        named = dict(self.model.named_parameters())
        for key, value in optimizer.items():
            name, part = key.rsplit("/", 1)
            held = value if part == "step" else value.to(self.device)
            self.optimizer.state[named[name]][part] = held
            self._steps = int(value) if part == "step" else self._steps


def _replica(model: ReaderModel) -> ReaderModel:
    """Return a copy whose encoder computes in bfloat16; its heads stay in fp32."""
    replica = copy.deepcopy(model)
    replica.encoder.to(torch.bfloat16)
    return replica.train()
