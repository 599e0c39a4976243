"""Load, split, embed, store: files in, a report out. One bad file never stops the rest."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from index.domain import Loaded, Passage, Skipped
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.loading import FoundFile, Loader, SetByHand, size_limit, walk
from index.prefetching import prefetched
from index.settings import IndexSettings
from index.splitting import Splitter, embedded_text
from index.writing import LibraryWriter, Plan, Prepared

BATCH_PASSAGES = 256
"""Embedded and stored together: 2 to 4 seconds of work, which is what a kill can cost."""


@dataclass(slots=True)
class IngestReport:
    """What became of every place that was named; counts are articles."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    duplicates: int = 0
    passages: int = 0
    removed: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Places that were read before and are gone; removed when that was asked for."""
    article_ids: list[str] = field(default_factory=list)
    """Articles added or replaced, in order."""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def articles(self) -> int:
        """Articles that are in the library now because of, or as before, this run."""
        return self.added + self.replaced + self.unchanged + self.duplicates


class Progress(Protocol):
    """Is told how far a run has come."""

    def __call__(self, report: IngestReport, *, done_bytes: int, total_bytes: int) -> None:
        """Articles counted in `report` are on disk; bytes are of the files read."""
        ...


def silent(report: IngestReport, *, done_bytes: int, total_bytes: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class _FileDone:
    file: FoundFile
    fingerprint: str
    skipped: tuple[Skipped, ...]
    size: int


@dataclass(frozen=True, slots=True)
class _FileUnchanged:
    file: FoundFile
    size: int


_Event = Loaded | Skipped | _FileDone | _FileUnchanged


class Ingest:
    """One run over one library; the caller holds the write lock."""

    def __init__(
        self,
        library: Library,
        embeddings: CuttingsEmbeddings,
        settings: IndexSettings,
        *,
        by_hand: SetByHand | None = None,
        progress: Progress = silent,
    ) -> None:
        self._embeddings = embeddings
        self._settings = settings
        self._by_hand = by_hand or SetByHand()
        self._progress = progress
        self._library = library
        self._writer = LibraryWriter(library, embeddings.identity)
        self._splitter = Splitter(embeddings.count_tokens, settings.splitting)
        self._pending: list[tuple[Plan, list[Passage]]] = []
        self._pending_events: list[_FileDone] = []
        self._pending_ids: dict[str, str] = {}
        self._done_bytes = self._total_bytes = 0
        self._started = time.monotonic()
        self.report = IngestReport()

    def add_paths(self, paths: Sequence[Path], *, prune: bool = False) -> IngestReport:
        """Add all files under `paths`; with `prune`, remove what is gone from under them."""
        found = list(walk(paths))
        self._total_bytes = sum(_size(one.path) for one in found if isinstance(one, FoundFile))
        known = {
            one.path: self._writer.file_fingerprint(str(one.path))
            for one in found
            if isinstance(one, FoundFile)
        }
        seen: dict[str, set[str]] = {}
        with Loader(self._settings.loading, self._by_hand) as loader:
            for file, event in prefetched(self._events(loader, found, known)):
                self._take(file, event, seen)
        self._flush()
        self._handle_missing(paths, seen, prune=prune)
        return self._finished()

    def add_loaded(self, loaded: Iterable[Loaded | Skipped]) -> IngestReport:
        """Add articles that do not come from files of their own."""
        for one in loaded:
            self._take(None, one, {})
        self._flush()
        return self._finished()

    def _events(
        self, loader: Loader, found: list[FoundFile | Skipped], known: dict[Path, str | None]
    ) -> Iterator[tuple[FoundFile | None, _Event]]:
        """Read files, in a thread of its own; nothing here touches the library."""
        for one in found:
            if isinstance(one, Skipped):
                yield None, one
                continue
            size = _size(one.path)
            fingerprint = self._fingerprint(one, size)
            if fingerprint and fingerprint == known[one.path]:
                yield one, _FileUnchanged(one, size)
                continue
            skipped = []
            for result in loader.load(one):
                if isinstance(result, Skipped):
                    skipped.append(result)
                yield one, result
            yield one, _FileDone(one, fingerprint, tuple(skipped), size)

    def _fingerprint(self, file: FoundFile, size: int) -> str:
        """Return a hash of the bytes, of what is set by hand and of the limits.

        Empty where there is nothing to hash, as a pipe or a device would be read for ever, and
        where the file will be refused for its size.
        """
        loading = self._settings.loading
        if not size or not file.path.is_file() or size > size_limit(file.path, loading):
            return ""
        options = f"{self._by_hand}{loading}{file.named}"
        try:
            with file.path.open("rb") as opened:
                content = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            return ""
        return hashlib.sha256(f"{content}{options}".encode()).hexdigest()

    def _take(self, file: FoundFile | None, event: _Event, seen: dict[str, set[str]]) -> None:
        match event:
            case Loaded():
                seen.setdefault(str(file.path) if file else "", set()).add(event.place)
                self._take_article(file, event)
            case Skipped():
                self.report.skipped.append(event)
            case _FileDone():
                seen.setdefault(str(event.file.path), set())
                self._pending_events.append(event)
            case _FileUnchanged():
                self._take_unchanged(event, seen)

    def _take_unchanged(self, event: _FileUnchanged, seen: dict[str, set[str]]) -> None:
        path = str(event.file.path)
        places = self._writer.places_of(path)
        seen[path] = set(places)
        self.report.unchanged += len(places)
        self.report.skipped += self._writer.file_skips(path)
        self._done_bytes += event.size
        self._tell()

    def _take_article(self, file: FoundFile | None, loaded: Loaded) -> None:
        article = loaded.article
        if self._pending_ids.get(article.id, loaded.place) != loaded.place:
            self._flush()  # the same text twice in one batch: the second is a duplicate by then
        plan = self._writer.plan(loaded.place, str(file.path) if file else None, article)
        passages = self._splitter.split(plan.article) if plan.needs_embedding else []
        self._pending.append((plan, passages))
        self._pending_ids[article.id] = loaded.place
        if sum(len(one) for _, one in self._pending) >= BATCH_PASSAGES or len(self._pending) >= 500:
            self._flush()

    def _flush(self) -> None:
        """Embed and store what is pending; only then count it."""
        if self._pending:
            self._writer.store(self._prepared())
        for plan, passages in self._pending:
            self._count(plan, len(passages))
        for event in self._pending_events:
            if event.fingerprint:
                self._writer.finish_file(str(event.file.path), event.fingerprint, event.skipped)
            self._done_bytes += event.size
        self._pending, self._pending_ids, self._pending_events = [], {}, []
        self._tell()

    def _prepared(self) -> list[Prepared]:
        texts = [
            embedded_text(plan.article, passage)
            for plan, passages in self._pending
            for passage in passages
        ]
        vectors = self._embeddings.embed_passages(texts) if texts else None
        prepared, start = [], 0
        for plan, passages in self._pending:
            part = None
            if vectors is not None and plan.needs_embedding:
                part = vectors[start : start + len(passages)]
            prepared.append(Prepared(plan, passages, part))
            start += len(passages)
        return prepared

    def _count(self, plan: Plan, passages: int) -> None:
        name = "duplicates" if plan.outcome == "duplicate" else plan.outcome
        setattr(self.report, name, getattr(self.report, name) + 1)
        self.report.passages += passages
        if plan.outcome in {"added", "replaced"}:
            self.report.article_ids.append(plan.article.id)

    def _handle_missing(
        self, paths: Sequence[Path], seen: dict[str, set[str]], *, prune: bool
    ) -> None:
        """Report places that were read before from under `paths` and are not there any more."""
        roots = [str(path.absolute()) for path in paths]
        gone_files = [
            file
            for file in self._writer.files()
            if file not in seen and _is_under(file, roots) and _is_gone(Path(file))
        ]
        gone_places = [place for file in gone_files for place in self._writer.places_of(file)]
        gone_places += [
            place
            for file, places in seen.items()
            if file
            for place in self._writer.places_of(file)
            if place not in places
        ]
        self.report.missing = sorted({*gone_places, *gone_files})
        if prune and self.report.missing:
            self.report.removed = self._writer.remove_places(gone_places, files=gone_files)

    def _tell(self) -> None:
        self.report.seconds = time.monotonic() - self._started
        self._progress(self.report, done_bytes=self._done_bytes, total_bytes=self._total_bytes)

    def _finished(self) -> IngestReport:
        self.report.seconds = time.monotonic() - self._started
        return self.report


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_gone(path: Path) -> bool:
    """Say whether there is no such file; one in a folder that cannot be entered may be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _is_under(file: str, roots: list[str]) -> bool:
    return any(file == root or file.startswith(root.rstrip("/\\") + "/") for root in roots)
