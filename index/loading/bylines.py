"""What the lead of a plain text says of its origin: the outlet in its dateline, the byline."""

import re

from index.dates import DAY, LEAD_CHARS

PLACE = r"[A-Z][A-Za-z.’'-]*(?:[ /,][ ]?[A-Za-z.’'-]+){0,5}"
OUTLET = r"[A-Z][\w.&’'-]*(?: (?:of |the |and )?[A-Z&][\w.&’'-]*){0,3}"
DATELINE = re.compile(rf"^\s*{PLACE}(?:,\s+{DAY})?\s+\(({OUTLET})\)\s*[-–—]+\s", re.M)
NAME = r"[A-ZÀ-ÖØ-Þ][\w.’'-]*(?: (?:de |van |von |bin |al |Mc|Mac)?[A-ZÀ-ÖØ-Þ][\w.’'-]*){1,3}"
BYLINE = re.compile(
    rf"^[ \t]*(?:By|BY|by)[: ][ \t]*({NAME}(?:(?:, | and ){NAME}){{0,3}})[ \t]*$", re.M
)


def dateline_outlet(text: str) -> str | None:
    """Return the outlet of a dateline such as "SEOUL, June 14 (Reuters) -"; None without one."""
    found = DATELINE.search(text[:LEAD_CHARS])
    return found.group(1) if found else None


def byline_author(text: str) -> str | None:
    """Return the names of a line such as "By Ana Duarte and Bo Ek"; None without one."""
    found = BYLINE.search(text[:LEAD_CHARS])
    return found.group(1) if found else None
