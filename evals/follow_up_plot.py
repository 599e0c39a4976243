"""The picture of evals.follow_ups: methods beside the last turn alone and a person's rewrites."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt

from evals.recording import RESULTS

PANELS = (
    ("CANARD", "recall@1"),
    ("MTRAG", "recall@5"),
    ("own chains", "follow-ups, recall@5"),
    ("own chains", "follow-ups, right"),
)
COLOURS = {
    "last turn alone": "#9fb3c8",
    "earlier words weighted, not rewritten": "#7aa6d1",
    "rewritten, earlier words not weighted": "#5b8cc0",
    "Cuttings": "#2f9e63",
    "a person's rewrite": "#d9a441",
}


def draw(figures: Mapping[str, Any]) -> None:
    """Draw one panel a measure, one bar a method, with 95 % intervals."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(11, 3.6), sharey=True)
    for panel, (of_set, measure) in zip(axes, PANELS, strict=True):
        shown = [name for name in COLOURS if name in figures[of_set]]
        for place, name in enumerate(shown):
            value = figures[of_set][name][measure]
            low, high = value["interval"]
            error = [[value["mean"] - low], [high - value["mean"]]]
            panel.bar(place, value["mean"], color=COLOURS[name], yerr=error, capsize=2, label=name)
            panel.text(place, 0.02, f"{value['mean']:.2f}", ha="center", fontsize=8)
        questions = figures[of_set].get("questions") or figures[of_set]["Cuttings"]["follow-ups"]
        title = f"{of_set}, {questions:,} questions\n{measure.removeprefix('follow-ups, ')}"
        panel.set_title(title, fontsize=9)
        panel.set_xticks([])
        panel.set_ylim(0, 1)
        panel.spines[["top", "right"]].set_visible(False)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
    figure.legend(handles, list(COLOURS), loc="lower center", ncol=3, fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0.14, 1, 1))
    figure.savefig(RESULTS / "follow_ups.svg")
    plt.close(figure)
