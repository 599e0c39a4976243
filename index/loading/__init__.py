"""Files in, articles out: one module per kind of source, one bad file never stops the rest."""

from index.loading.fields import FIELD_NAMES, SetByHand
from index.loading.loader import KINDS, Loader, size_limit
from index.loading.walking import FoundFile, walk

__all__ = ["FIELD_NAMES", "KINDS", "FoundFile", "Loader", "SetByHand", "size_limit", "walk"]
