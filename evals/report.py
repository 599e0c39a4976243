"""Puts everything in evals/results/ on one page, evals/results/README.md.

python -m evals.report
"""

from collections.abc import Iterator
from typing import Any

import orjson

from evals.recording import RESULTS

MOST_ITEMS = 60
"""Longer lists, such as every single round, are in the JSON file alone."""


def page() -> str:
    """Return the page: for each result its command, its circumstances and its figures."""
    parts = [
        "# What was measured\n",
        "Each part is written by the command that it names, and can be measured again with it.\n",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        parts.append(section(path.stem, orjson.loads(path.read_bytes())))
    return "\n".join(parts)


def section(name: str, result: dict[str, Any]) -> str:
    """Return the part of the page about one result."""
    changed = " with changes that were not committed" if result["changed_since_commit"] else ""
    seed = "" if result["seed"] is None else f", seed {result['seed']}"
    lines = [
        f"## {name.replace('_', ' ')}\n",
        f"`{result['command']}` on {result['day']}, commit {result['commit']}{changed}, "
        f"{result['processor']}; n = {result['n']:,}{seed}. "
        f"All figures: [{name}.json]({name}.json)\n",
    ]
    if (RESULTS / f"{name}.svg").exists():
        lines.append(f"![{name.replace('_', ' ')}]({name}.svg)\n")
    lines += ["| figure | value |", "|---|---|"]
    rows = list(flat(result["figures"]))
    lines += [f"| {key} | {value} |" for key, value in rows[:MOST_ITEMS]]
    if len(rows) > MOST_ITEMS:
        lines.append(f"| … | {len(rows) - MOST_ITEMS:,} more in the JSON file |")
    return "\n".join(lines) + "\n"


def flat(figures: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, value) of nested figures; intervals stay together, records are left out."""
    if isinstance(figures, dict):
        if set(figures) == {"mean", "interval"}:
            low, high = figures["interval"]
            yield name, f"{figures['mean']} ({low} to {high})"
            return
        for key, value in figures.items():
            yield from flat(value, f"{name}: {key}" if name else key)
    elif isinstance(figures, list):
        if figures and not any(isinstance(one, dict | list) for one in figures):
            yield name, shown(", ".join(map(str, figures)))
    else:
        yield name, shown(figures)


def shown(value: Any) -> str:
    """Return a value for a cell of a Markdown table."""
    text = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value
    return str(text).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    (RESULTS / "README.md").write_text(page(), encoding="utf-8")
    print(f"written to {RESULTS / 'README.md'}")
