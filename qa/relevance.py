"""Whether a sentence bears on the question at all."""

from dataclasses import dataclass

from qa.checking.roots import roots_of
from qa.retrieval import QuestionEmbedder


@dataclass(frozen=True, slots=True)
class Relevance:
    """Tells what bears on a question by shared words, else by nearness of meaning."""

    embedder: QuestionEmbedder
    least_cosine: float = 0.2

    def bears_on(self, question: str, said: str, evidence: str) -> bool:
        """Return whether a sentence, or the evidence for it, has to do with the question."""
        asked = {root for root, _ in roots_of(question)}
        told = {root for text in (said, evidence) for root, _ in roots_of(text)}
        if not asked or asked & told:
            return True
        left, *others = self.embedder.embed_questions([question, said, evidence])
        return max(float(left @ one) for one in others) >= self.least_cosine
