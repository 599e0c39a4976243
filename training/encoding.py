"""Groups of windows as token ids, and the arrays on disk that hold them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from training.windows import Window

MAX_TOKENS = 288
MAX_QUESTION_CHARS = 300
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Group:
    """One question and its windows, which compete: the one that answers, if any, is the first."""

    question: str
    windows: tuple[Window, ...]


def open_tokenizer(path: Path) -> Tokenizer:
    """Return the embedder's tokenizer, set to cut what is too long at the passage's end."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def shown(window: Window) -> str:
    """Return the text that is read beside the question: the title, a line break, the passage."""
    return f"{window.title}\n{window.text}" if window.title else window.text


def passage_start(title: str) -> int:
    """Return where the passage begins in what `shown` returns."""
    return len(title) + 1 if title else 0


@dataclass(slots=True)
class EncodedWindow:
    """Tokens of one window, and where answers start and end among them (inclusive)."""

    ids: list[int]
    second_from: int
    """The first token of title and passage; token types are 1 from here."""
    passage_from: int
    """The first token of the passage, where answers may be."""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def encode(tokenizer: Tokenizer, groups: Sequence[Group]) -> Iterator[list[EncodedWindow]]:
    """Yield each group's windows; a group whose answers were cut off has no windows."""
    pairs = [
        (one.question[:MAX_QUESTION_CHARS], shown(window))
        for one in groups
        for window in one.windows
    ]
    encodings = iter(tokenizer.encode_batch(pairs))
    for one in groups:
        encoded = [encoded_window(next(encodings), window) for window in one.windows]
        lost = any(
            window.answers and not held.starts
            for window, held in zip(one.windows, encoded, strict=True)
        )
        yield [] if lost else encoded


def encoded_window(encoding: Encoding, window: Window) -> EncodedWindow:
    """Return the window's tokens with its answers; an answer that was cut off is left out."""
    offset = passage_start(window.title)
    types, offsets = encoding.type_ids, encoding.offsets
    second = types.index(1)
    passage = next(
        (at for at in range(second, len(types) - 1) if offsets[at][0] >= offset), len(types) - 1
    )
    held = EncodedWindow(list(encoding.ids), second, passage)
    for at, text in window.answers:
        start, end = at + offset, at + offset + len(text)
        inside = [
            token
            for token in range(passage, len(types) - 1)
            if offsets[token][0] < end and start < offsets[token][1]
        ]
        if inside and offsets[inside[-1]][1] >= end:
            held.starts.append(inside[0])
            held.ends.append(inside[-1])
    return held


@dataclass(frozen=True, slots=True)
class Arrays:
    """Encoded groups, in the order of training, flat with offsets."""

    tokens: Integers
    """Ids of all windows."""
    windows: Integers
    """(windows, 4): first token, past the last token, `second_from`, `passage_from`."""
    groups: Integers
    """(groups + 1): the first window of each group."""
    spans: Integers
    """(answers, 3): window, start, end."""

    def save(self, folder: Path) -> None:
        """Write one .npy file for each array; the list of names last, as a mark of completeness."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.__slots__:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        (folder / "complete.json").write_text(json.dumps(list(self.__slots__)))

    @classmethod
    def load(cls, folder: Path) -> "Arrays":
        """Return what `save` wrote."""
        names = json.loads((folder / "complete.json").read_text())
        return cls(*(np.load(folder / f"{name}.npy", allow_pickle=False) for name in names))

    @classmethod
    def of(cls, encoded: Sequence[Sequence[EncodedWindow]]) -> "Arrays":
        """Return the arrays of these groups."""
        flat = [window for group in encoded for window in group]
        ends = np.cumsum([len(one.ids) for one in flat])
        starts = np.concatenate([[0], ends[:-1]])
        limits = [(one.second_from, one.passage_from) for one in flat]
        spans = [
            (number, start, end)
            for number, one in enumerate(flat)
            for start, end in zip(one.starts, one.ends, strict=True)
        ]
        return cls(
            np.fromiter((token for one in flat for token in one.ids), np.int32),
            np.column_stack([starts, ends, np.asarray(limits)]).astype(np.int32),
            np.concatenate([[0], np.cumsum([len(group) for group in encoded])]).astype(np.int32),
            np.asarray(spans, np.int32).reshape(-1, 3),
        )
