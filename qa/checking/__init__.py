"""Whether the articles say what a sentence says: the check that prose of a chat model must pass."""
