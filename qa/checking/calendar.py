"""The days, months and years that a text names, and those its article's date makes of "Friday"."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from index.dates import MONTH, has_year
from index.search_text import normalised

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_WORD = re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")
MONTH_WORD = re.compile(rf"\b({MONTH})(?=[\s,.;:)]|$)")
DAY_OF_MONTH = re.compile(
    rf"\b{MONTH}\s+(\d{{1,2}})(?!\d)|\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b"
)
YEAR = re.compile(r"(?<![\d,.$£€])(1[5-9]\d\d|20\d\d)(?![\d,]*\d|%)")
NEAR_DAY = re.compile(
    r"\b(today|tonight|this (?:morning|afternoon|evening)|yesterday|tomorrow)\b", re.I
)
SHIFT = {"yesterday": -1, "tomorrow": 1}


@dataclass(slots=True)
class Dates:
    """What of dates a text names or, given its publication, means."""

    weekdays: set[str] = field(default_factory=set)
    months: set[str] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)

    def lacking(self, said: "Dates") -> list[str]:
        """Return what `said` names and this does not."""
        return [
            *sorted(said.weekdays - self.weekdays),
            *sorted(said.months - self.months),
            *map(str, sorted(said.days - self.days)),
            *map(str, sorted(said.years - self.years)),
        ]

    def add(self, day: date) -> None:
        """Take in a whole day."""
        self.weekdays.add(WEEKDAYS[day.weekday()])
        self.months.add(MONTHS[day.month - 1])
        self.days.add(day.day)
        self.years.add(day.year)


def dates_of(text: str, published_at: str | None = None) -> Dates:
    """Return what a text names; with its publication date, what "Friday" and "today" were too."""
    text = normalised(text)
    found = Dates(
        {one[1][:3].lower() for one in WEEKDAY_WORD.finditer(text)},
        {one[1][:3].lower() for one in MONTH_WORD.finditer(text)},
        {int(one[1] or one[2]) for one in DAY_OF_MONTH.finditer(text)},
        {int(one[1]) for one in YEAR.finditer(text)},
    )
    published = _day(published_at)
    if published is None:
        return found
    named = set(found.weekdays)
    _add_weekdays_of_dates(found, found.years or {published.year})
    if named or NEAR_DAY.search(text) or found.months:
        found.years.add(published.year)
    for weekday in named:
        back = (published.weekday() - WEEKDAYS.index(weekday)) % 7
        found.add(published - timedelta(days=back))
        found.add(published + timedelta(days=7 - back if back else 7))
        found.weekdays.add(weekday)
    for near in NEAR_DAY.finditer(text):
        found.add(published + timedelta(days=SHIFT.get(near[1].lower(), 0)))
    return found


def _add_weekdays_of_dates(found: Dates, years: set[int]) -> None:
    """Add the weekday of each day that is named with its month."""
    for year in years:
        for month in list(found.months):
            for day in list(found.days):
                try:
                    exact = date(year, MONTHS.index(month) + 1, day)
                except ValueError:
                    continue
                found.weekdays.add(WEEKDAYS[exact.weekday()])


def _day(published_at: str | None) -> date | None:
    if not published_at or not has_year(published_at):
        return None
    try:
        return date.fromisoformat(published_at[:10])
    except ValueError:
        return None
