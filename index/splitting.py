"""Article to passages: runs of whole sentences that fit what the embedder reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.domain import Article, Passage
from index.sentences import Span, sentence_spans
from index.settings import SplittingSettings

TokenCounter = Callable[[Sequence[str]], list[int]]
"""The number of the embedder's tokens in each text, without the two that mark start and end."""

START_AND_END_TOKENS = 2
SEPARATOR = "\n"
MAX_HEADER_SHARE = 0.25


def header(article: Article) -> str:
    """Return the title and date that are embedded and searched with each passage."""
    date = article.published_at or ""
    day = "" if date.startswith("--") else date[:10]
    return " · ".join(part for part in (article.title, day) if part)


def embedded_text(article: Article, passage: Passage) -> str:
    """Return what the embedder reads for a passage: the header, a line break and the passage."""
    lead = header(article)
    text = article.text[passage.start_char : passage.end_char]
    return f"{lead}{SEPARATOR}{text}" if lead else text


@dataclass(frozen=True, slots=True)
class Splitter:
    """Cuts articles into passages of at most `settings.max_passage_tokens`, header included."""

    count_tokens: TokenCounter
    settings: SplittingSettings = SplittingSettings()

    def split(self, article: Article) -> list[Passage]:
        """Return the article's passages in order; together they hold all of its sentences."""
        budget = self._budget(article)
        sentences = sentence_spans(article.text, article.body_start)
        if not sentences:  # nothing but a headline
            sentences = sentence_spans(article.text)
        counts = self.count_tokens([article.text[a:b] for a, b in sentences])
        sentences, counts = self._short_enough(article.text, sentences, counts, budget)
        runs = _runs(counts, budget, self.settings.overlap_sentences)
        article_id = article.id  # a hash of the whole text, so not once for each passage
        return [
            Passage(article_id, ordinal, sentences[first][0], sentences[last][1])
            for ordinal, (first, last) in enumerate(runs)
        ]

    def _budget(self, article: Article) -> int:
        """Return the tokens left for sentences; a title like an essay is not given them all."""
        room = self.settings.max_passage_tokens - START_AND_END_TOKENS
        lead = self.count_tokens([header(article)])[0] if header(article) else 0
        return room - min(lead, int(room * MAX_HEADER_SHARE))

    def _short_enough(
        self, text: str, sentences: list[Span], counts: list[int], budget: int
    ) -> tuple[list[Span], list[int]]:
        """Halve sentences that alone exceed the budget, at white space where there is some."""
        while any(count > budget for count in counts):
            halves: list[Span] = []
            for (start, end), count in zip(sentences, counts, strict=True):
                halves += _halved(text, start, end) if count > budget else [(start, end)]
            if len(halves) == len(sentences):  # single characters of many tokens each
                break
            sentences = halves
            counts = self.count_tokens([text[a:b] for a, b in sentences])
        return sentences, counts


def _halved(text: str, start: int, end: int) -> list[Span]:
    if end - start < 2:
        return [(start, end)]
    middle = (start + end) // 2
    space = text.rfind(" ", start + 1, middle)
    cut = space if space > start else middle
    left, right = text[start:cut].rstrip(), text[cut:end]
    skipped = len(right) - len(right.lstrip())
    halves = [(start, start + len(left)), (cut + skipped, end)]
    return [(a, b) for a, b in halves if a < b]


def _runs(counts: list[int], budget: int, overlap: int) -> list[tuple[int, int]]:
    """Return (first, last) sentence of each passage: the fewest that fit, evenly filled."""
    total = sum(counts)
    target = total / max(1, -(-total // budget))
    runs: list[tuple[int, int]] = []
    first, used = 0, 0
    for number, count in enumerate(counts):
        full = used + count > budget or used + count / 2 > target
        if number > first and full:
            runs.append((first, number - 1))
            back = number
            kept = 0
            while overlap and back - 1 > first and number - back < overlap:
                if kept + counts[back - 1] + count > budget:
                    break
                back -= 1
                kept += counts[back]
            first, used = back, kept
        used += count
    if counts:
        runs.append((first, len(counts) - 1))
    return runs
