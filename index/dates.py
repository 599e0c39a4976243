"""Publication dates: what an article says of itself, as precisely as it says it, never more."""

import re
import warnings
from datetime import UTC, datetime

from dateutil import parser as dateutil_parser

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
DAY = rf"(?:{MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{MONTH})(?:,?\s+(?:19|20)\d\d)?"
WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
DATELINES = (
    re.compile(rf"\b{WEEKDAY}\s*\(({DAY})\)"),
    re.compile(
        rf"^[^\n]{{0,60}}?\b[A-Z][A-Za-z .’'-]+,\s+({DAY})\s*(?:\([^)\n]{{2,30}}\)\s*)?[-–—]", re.M
    ),
    re.compile(
        rf"^\s*(?:Published|Posted|First published|Date)\b[:\s]*(?:on\s+)?"
        rf"(?:{WEEKDAY},?\s+)?({DAY}|\d{{4}}-\d\d-\d\d)",
        re.M | re.I,
    ),
    re.compile(rf"^\s*(?:{WEEKDAY},?\s+)?({DAY})\s*$", re.M),
)
UPDATED = re.compile(
    rf"^\s*(?:Last\s+)?(?:Updated|Modified)\b[:\s]*(?:on\s+)?(?:\d{{1,2}}[:.]\d\d\s*(?:[ap]\.?m\.?)?[^\n]{{0,8}}?,?\s+)?(?:{WEEKDAY},?\s+)?({DAY}|\d{{4}}-\d\d-\d\d)",
    re.M | re.I,
)
LEAD_CHARS = 800
"""A dateline stands in the lead; further down a date belongs to what is told."""
LONGEST_DATE_CHARS = 80
LAST_STAMP = 10**14
"""Milliseconds; larger numbers are no dates, and Python refuses to print very large ones."""
US_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
ZONES = {name: hours * 3600 for name, hours in (US_ZONES | {"BST": 1, "CET": 1, "CEST": 2}).items()}
ISO_DAY = re.compile(r"(\d{4})(-\d\d)?(-\d\d)?$")
NO_YEAR_DAY = re.compile(r"--(\d\d)-(\d\d)$")
TIMESTAMP = re.compile(r"\d{9,11}(\.\d+)?$|\d{12,14}$")
DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 2))


def parse_date(value: object) -> str | None:
    """Return the date in `value` as ISO 8601 with the parts that it names; None if it has none.

    Accepts text in the forms that news sites use, `date` and `datetime` objects and Unix
    timestamps in seconds or milliseconds. A day without a year becomes "--06-14".
    """
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if not isinstance(value, str | int | float) or (isinstance(value, int) and value > LAST_STAMP):
        return None
    text = str(value or "").strip()
    if not text or len(text) > LONGEST_DATE_CHARS:
        return None
    if TIMESTAMP.match(text):
        seconds = float(text) / (1000 if len(text.split(".", maxsplit=1)[0]) > 11 else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    if ISO_DAY.match(text) or NO_YEAR_DAY.match(text):
        return text if _is_real_day(text) else None
    return _parse_free_form(text)


def dateline_date(text: str) -> str | None:
    """Return the publication date that the lead of an article names, None where it does not."""
    lead = text[:LEAD_CHARS]
    for pattern in DATELINES:
        for found in pattern.finditer(lead):
            if date := parse_date(found.group(1)):
                return date
    return None


def updated_date(text: str) -> str | None:
    """Return the date of an "Updated" line at the head or foot of an article, None without one."""
    for part in (text[:LEAD_CHARS], text[-LEAD_CHARS:]):
        if found := UPDATED.search(part):
            return parse_date(found.group(1))
    return None


def has_year(date: str | None) -> bool:
    """Return whether `date` is known down to its year, so that it can be compared."""
    return bool(date) and not str(date).startswith("--")


def _is_real_day(text: str) -> bool:
    if found := NO_YEAR_DAY.match(text):
        text = f"2000-{found[1]}-{found[2]}"
    year, month, day = (int(part) for part in [*text.split("-"), "1", "1"][:3])
    try:
        datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return False
    return year >= 1600


def _parse_free_form(text: str) -> str | None:
    """Parse twice over different defaults: what differs between them was not in the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dateutil_parser.UnknownTimezoneWarning)
            first, second = (
                dateutil_parser.parse(text, default=default, tzinfos=ZONES) for default in DEFAULTS
            )
        first.utcoffset()  # a zone of a day or more is only noticed here
    except (ValueError, OverflowError, TypeError, ArithmeticError):
        return None
    if first.month != second.month:
        return f"{first.year:04d}" if first.year == second.year and _year_in(text, first) else None
    if first.year != second.year:
        return f"--{first.month:02d}-{first.day:02d}" if first.day == second.day else None
    if not _year_in(text, first) or first.year < 1600:
        return None
    if first.day != second.day:
        return f"{first.year:04d}-{first.month:02d}"
    return first.isoformat() if re.search(r"\d[:T]\d", text) else first.date().isoformat()


def _year_in(text: str, date: datetime) -> bool:
    """Guard against a two-digit number being read as a year, which dateutil does readily."""
    return str(date.year) in text or bool(re.search(r"\d{1,2}[/.-]\d{1,2}[/.-]\d\d\b", text))
