"""What can go wrong with a library, split by what the person can do about it.

IndexingError
├── InputError           mend the input, then try again
├── LibraryBusyError     wait, another process is writing
├── LibraryDamagedError  the library file itself is not readable
│   └── LaterVersionError       upgrade this program
└── EmbedderError
    └── EmbedderMismatchError   re-embed, or go back to the other model
"""


class IndexingError(Exception):
    """Base of all errors of this package; its message is one line that a person can act on."""


class InputError(IndexingError):
    """What was given cannot be used."""


class LibraryBusyError(IndexingError):
    """Another process is writing to the library."""


class LibraryDamagedError(IndexingError):
    """The library's file is not a library, is newer than this program, or is damaged."""


class LaterVersionError(LibraryDamagedError):
    """A file was written by a later version of this program; nothing is wrong with it."""


class EmbedderError(IndexingError):
    """The embedding model is missing, altered or cannot be run."""


class EmbedderMismatchError(EmbedderError):
    """The library was embedded with another model than the one that is set."""
