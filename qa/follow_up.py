"""Earlier turns and a question to a question that stands by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.domain import Turn


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question as it stands by itself."""

    question: str
    preferred_article_ids: tuple[str, ...] = ()
    """Articles of earlier answers that it goes on about; empty where it changes the subject."""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Understands a question in the light of the turns before it."""

    def standalone(self, question: str, turns: Sequence[Turn]) -> Standalone:
        """Return the question with what it leaves unsaid; as it is where nothing is missing."""
        return Standalone(question)
