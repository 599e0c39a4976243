"""Keeping the vector index in step with the library, and repairing it."""

from collections.abc import Callable
from dataclasses import asdict

from index import vectors
from index.embedding import EmbedderIdentity
from index.library import Library
from index.locking import writing
from index.writing import LibraryWriter

Notify = Callable[[str], None]


def bring_up_to_date(
    library: Library,
    embedder: EmbedderIdentity,
    *,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Repair or rebuild the vector index where that is due; return what was done, in words.

    The caller holds the write lock. Nothing is embedded: vectors come from the library. Where the
    index cannot be built, that is among the words, and questions are answered without it.
    """
    done = []
    if half_built := vectors.collect_garbage(library):
        done.append(f"Removed {len(half_built)} half-built vector index left by a stopped run.")
    snapshot = vectors.named_snapshot(library)
    reason = vectors.fault(library, snapshot) if snapshot else None
    if reason:
        done.append(f"The vector index was {reason}.")
    if reason or force or vectors.is_due(library):
        try:
            built = vectors.build(library, progress=progress)
        except OSError as error:
            return [*done, f"{error}; questions are answered without it, more slowly"]
        LibraryWriter(library, embedder).remember("index", asdict(built))
        vectors.collect_garbage(library)
        again = "Rebuilt" if snapshot else "Built"
        done.append(f"{again} the vector index from the library: {built.count:,} passages.")
    return done


def repair_if_free(library: Library, embedder: EmbedderIdentity) -> list[str]:
    """Repair the index unless another process is writing, which will do it then."""
    from index.errors import LibraryBusyError

    try:
        with writing(library.folder, doing="repairing the index", wait_seconds=0):
            return bring_up_to_date(library, embedder)
    except LibraryBusyError:
        return []
