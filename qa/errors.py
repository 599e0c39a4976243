"""What can go wrong with a question.

AnsweringError
├── QuestionError       mend the question
├── EmptyLibraryError   add articles first
├── ReaderError         reinstall; the sentence rule answers meanwhile
├── SessionNameError    mend the name
│   └── SessionNameTakenError   choose another one
├── UnknownSessionError         list the sessions
│   └── SeveralSessionsError    write more of the id
├── ChatModelError              name it, install its package, set its key
└── ConversationsError          questions are answered, without being remembered
"""


class AnsweringError(Exception):
    """Base of all errors of this package; its message is one line that a person can act on."""


class QuestionError(AnsweringError):
    """The question is empty, too long or not text."""


class EmptyLibraryError(AnsweringError):
    """There are no articles to answer from."""


class ReaderError(AnsweringError):
    """The reader's weights are missing, or are not those that were published."""


class SessionNameError(AnsweringError):
    """A session cannot be called so."""


class SessionNameTakenError(SessionNameError):
    """Another session has the name."""


class UnknownSessionError(AnsweringError):
    """There is no such session, or it was deleted, or it has expired."""


class SeveralSessionsError(UnknownSessionError):
    """The ids of several sessions begin alike."""


class ConversationsError(AnsweringError):
    """The file of conversations cannot be read or written."""


class ChatModelError(AnsweringError):
    """The chat model's name, package or key is missing, or it failed; safe to show."""
