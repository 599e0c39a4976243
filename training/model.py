"""The reader's network and what it learns from: spans that compete, and whether there is one."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from index.model_files import locate
from index.settings import EmbeddingSettings

MASKED = -1e4


class ReaderModel(nn.Module):
    """A cross-encoder over (question, title and passage) with three outputs."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.spans = nn.Linear(width, 2)
        self.answerable = nn.Linear(width, 1)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits: start and end, (windows, tokens), and answerable, (windows,)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )[0].to(self.spans.weight.dtype)
        spans = self.spans(hidden)
        return spans[..., 0], spans[..., 1], self.answerable(hidden[:, 0])[:, 0]


def base_model(*, attention: str = "eager") -> ReaderModel:
    """Return the embedder's encoder with heads that know nothing.

    No dropout: in less than two passes over the data there is little to over-fit, and every step
    counts. Eager attention was a quarter faster than SDPA on the processor that this was made on.
    """
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    encoder = BertModel.from_pretrained(
        str(locate(EmbeddingSettings()).folder),
        add_pooling_layer=False,
        attn_implementation=attention,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        local_files_only=True,
        use_safetensors=True,
    )
    return ReaderModel(encoder)


def empty_model(config: BertConfig) -> ReaderModel:
    """Return a model of this shape with random weights."""
    return ReaderModel(BertModel(config, add_pooling_layer=False))


def load_weights(model: nn.Module, path: Path) -> None:
    """Set the weights to those of a safetensors file."""
    from safetensors.torch import load_file

    model.load_state_dict({name: one.float() for name, one in load_file(str(path)).items()})


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows of whole groups; the window that answers comes first in its group."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    passage: Tensor
    """bool, (windows, tokens): where an answer may be."""
    starts: Tensor
    """bool, (windows, tokens): where a gold answer starts."""
    ends: Tensor
    group: Tensor
    """int64, (windows,): the number of the window's group in this batch."""
    answers: Tensor
    """float32, (windows,): 1 where the window answers."""

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on another device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Losses:
    """Sums over a batch, so that parts of a step can be added up."""

    spans: Tensor
    answerable: Tensor


def losses(model: ReaderModel, batch: Batch) -> Losses:
    """Return what the model pays for a batch.

    Spans: the negative log of the gold tokens' share of the softmax over all passage tokens of all
    windows of the question ("shared normalisation": Clark and Gardner, ACL 2018), summed over the
    occurrences of the answer; mean of start and end. Answerable: binary cross-entropy by window.
    """
    start, end, answerable = model(batch.input_ids, batch.attention_mask, batch.token_type_ids)
    sides = (
        _span_loss(start.float(), batch.starts, batch) + _span_loss(end.float(), batch.ends, batch)
    ) / 2
    entropy = nn.functional.binary_cross_entropy_with_logits(
        answerable.float(), batch.answers, reduction="sum"
    )
    return Losses(sides, entropy)


def _span_loss(logits: Tensor, gold: Tensor, batch: Batch) -> Tensor:
    competing = logits.masked_fill(~batch.passage, MASKED).logsumexp(1)
    right = logits.masked_fill(~gold, MASKED).logsumexp(1)
    everyone = _by_group(competing, batch.group)
    positive = batch.answers > 0
    return (everyone[batch.group[positive]] - right[positive]).sum()


def _by_group(values: Tensor, group: Tensor) -> Tensor:
    """Return the log of the sum of exponentials of each group's values."""
    count = int(group.max()) + 1
    member = group[None, :] == torch.arange(count, device=group.device)[:, None]
    return values[None, :].masked_fill(~member, float("-inf")).logsumexp(1)
