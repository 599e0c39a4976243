"""All passages embedded again, after another model was set or vectors were found damaged."""

from collections.abc import Callable, Iterator

from index.embedding import CuttingsEmbeddings
from index.encoders import Vectors
from index.library import Library
from index.splitting import embedded_text
from index.writing import replace_all_embeddings

BLOCK = 256


def reembed(
    library: Library,
    embeddings: CuttingsEmbeddings,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Embed every passage again and return how many; the caller holds the write lock.

    One transaction: stopped half-way, the old vectors and the old model are still there.
    """
    rows = [row for (row,) in library.connection.execute("SELECT row FROM passages ORDER BY row")]

    def blocks() -> Iterator[tuple[list[int], Vectors]]:
        for start in range(0, len(rows), BLOCK):
            part = library.passages(rows[start : start + BLOCK])
            texts = [embedded_text(one.article, one.passage) for one in part]
            yield [one.row for one in part], embeddings.embed_passages(texts)
            if progress:
                progress(min(start + BLOCK, len(rows)), len(rows))

    replace_all_embeddings(library, blocks(), embeddings.identity)
    return len(rows)
