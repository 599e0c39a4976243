"""What can go wrong with a question.

AnsweringError
├── QuestionError       mend the question
└── EmptyLibraryError   add articles first
"""


class AnsweringError(Exception):
    """Base of all errors of this package; its message is one line that a person can act on."""


class QuestionError(AnsweringError):
    """The question is empty, too long or not text."""


class EmptyLibraryError(AnsweringError):
    """There are no articles to answer from."""
