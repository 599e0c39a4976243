"""What may be cited: spans of passages that were retrieved for this question, and nothing else."""

from collections.abc import Sequence

from qa.domain import Citation, RetrievedPassage


def cite(
    number: int,
    retrieved: RetrievedPassage,
    span: tuple[int, int],
    *,
    answer_span: tuple[int, int],
    score: float,
) -> Citation:
    """Return a citation of `span`, offsets in the article; raises ValueError past the passage."""
    start, end = span
    passage = retrieved.stored.passage
    if not passage.start_char <= start < end <= passage.end_char:
        raise ValueError(
            f"span {start}:{end} is not within the passage {passage.start_char}:{passage.end_char}"
        )
    return Citation(number, retrieved, start, end, *answer_span, score)


def checked(
    citations: Sequence[Citation],
    retrieved: Sequence[RetrievedPassage],
) -> tuple[Citation, ...]:
    """Return the citations whose passage is among those retrieved for the question."""
    known = {one.stored.passage.id for one in retrieved}
    return tuple(one for one in citations if one.retrieved.stored.passage.id in known)
