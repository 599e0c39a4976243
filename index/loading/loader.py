"""The one entrance for files: limits, kinds and the guard around parsers that may crash."""

import math
from collections.abc import Iterator
from pathlib import Path

from index.domain import Article, Loaded, Skipped
from index.errors import InputError
from index.loading.decoding import decode
from index.loading.fields import SetByHand, article_from
from index.loading.guarded import GuardedParser
from index.loading.records import RecordFile
from index.loading.single import GUARDED_KINDS, READERS, SUFFIX_KINDS, kind_of
from index.loading.walking import FoundFile
from index.settings import LoadingSettings

RECORD_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv"})
KINDS = tuple(sorted({*SUFFIX_KINDS, *RECORD_SUFFIXES}))
HEAD_BYTES = 4096


def size_limit(path: Path, settings: LoadingSettings) -> float:
    """Return beyond how many bytes a file is refused; infinite for what is streamed."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return settings.max_collection_bytes
    return math.inf if suffix in RECORD_SUFFIXES else settings.max_file_bytes


class Loader:
    """Reads files into articles; use it as a context manager, as it may hold a child process."""

    def __init__(self, settings: LoadingSettings, by_hand: SetByHand | None = None) -> None:
        self._settings = settings
        self._by_hand = by_hand or SetByHand()
        self._guarded = GuardedParser(seconds=settings.parse_seconds)

    def __enter__(self) -> "Loader":
        return self

    def __exit__(self, *_: object) -> None:
        self._guarded.close()

    def load(self, file: FoundFile) -> Iterator[Loaded | Skipped]:
        """Yield the articles of a file, and a Skipped for each place that gave none."""
        try:
            for one in self._articles(file):
                yield self._within_limits(one)
        except InputError as error:
            yield Skipped(str(file.path), str(error))
        except OSError as error:
            yield Skipped(str(file.path), f"cannot be read: {error.strerror or error}")
        except Exception as error:  # whatever a parser trips over, the other files go in
            yield Skipped(str(file.path), f"cannot be parsed ({type(error).__name__})")

    def load_record(self, place: str, record: dict[str, object]) -> Loaded | Skipped:
        """Return the article in a record that came from elsewhere than a file."""
        try:
            return self._within_limits(Loaded(place, article_from(record, self._by_hand)))
        except InputError as error:
            return Skipped(place, str(error))
        except Exception as error:  # as for files: one bad record never stops the rest
            return Skipped(place, f"cannot be parsed ({type(error).__name__})")

    def load_bytes(self, place: str, data: bytes) -> Loaded | Skipped:
        """Return the article in plain text, Markdown or HTML from standard input."""
        try:
            kind = kind_of("", data)
            if kind == "pdf":
                raise InputError("a PDF on standard input; name its file instead")  # noqa: TRY301
            return self._within_limits(Loaded(place, READERS[kind](data, self._by_hand)))
        except InputError as error:
            return Skipped(place, str(error))

    def _articles(self, file: FoundFile) -> Iterator[Loaded | Skipped]:
        path = file.path
        if not path.is_file():
            raise InputError("not a regular file")
        if path.suffix.lower() in RECORD_SUFFIXES:
            if path.stat().st_size == 0:
                raise InputError("empty")
            yield from RecordFile(path, self._settings, self._by_hand).read()
        else:
            yield Loaded(str(path), self._single(file))

    def _single(self, file: FoundFile) -> Article:
        path, limit = file.path, self._settings.max_file_bytes
        size = path.stat().st_size
        if size == 0:
            raise InputError("empty")
        with path.open("rb") as opened:
            kind = kind_of(path.suffix, opened.read(HEAD_BYTES))
        if kind == "text" and path.suffix.lower() not in {*SUFFIX_KINDS, ""} and not file.named:
            raise InputError(f"unknown kind {path.suffix!r}; expected {', '.join(KINDS)}")
        if size > limit:
            raise InputError(f"too large: {size:,} bytes, at most {limit:,}")
        if kind in GUARDED_KINDS:
            return self._guarded.read(str(path), kind, self._by_hand)
        return READERS[kind](path.read_bytes(), self._by_hand)

    def _within_limits(self, one: Loaded | Skipped) -> Loaded | Skipped:
        limit = self._settings.max_article_chars
        if isinstance(one, Loaded) and len(one.article.text) > limit:
            found = len(one.article.text)
            return Skipped(one.place, f"too large: {found:,} characters, at most {limit:,}")
        return one


__all__ = ["KINDS", "Loader", "decode"]
