"""What can go wrong with a question.

AnsweringError
├── QuestionError       mend the question
├── EmptyLibraryError   add articles first
└── ReaderError         reinstall; the sentence rule answers meanwhile
"""


class AnsweringError(Exception):
    """Base of all errors of this package; its message is one line that a person can act on."""


class QuestionError(AnsweringError):
    """The question is empty, too long or not text."""


class EmptyLibraryError(AnsweringError):
    """There are no articles to answer from."""


class ReaderError(AnsweringError):
    """The reader's weights are missing, or are not those that were published."""
