"""Asks about one article: plain and paraphrased questions, and some that it does not answer.

    python -m evals.seed

The article lies beside the project; the sentence rule and its threshold never saw the questions.
"""

import tempfile
from pathlib import Path

from evals.datasets import SHARED
from evals.recording import record
from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from qa.assembly import open_answerer

ANSWERED = (
    ("who spoke with Campbell?", "Kim Hong-kyun"),
    ("Who did Kurt Campbell talk to on the phone?", "Kim Hong-kyun"),
    ("Who is South Korea's vice foreign minister?", "Kim Hong-kyun"),
    ("What is Kurt Campbell's job?", "Deputy Secretary of State"),
    ("Which American official took part in the call?", "Kurt Campbell"),
    ("When was the emergency phone call announced?", "Friday (June 14)"),
    ("What did Campbell pledge?", "continued co-operation"),
    ("Which countries is Putin going to visit according to Vedomosti?", "Vietnam"),
    ("Which newspaper reported on Putin's travel plans?", "Vedomosti"),
    ("When did the Russian newspaper report the visit?", "Monday"),
    ("What has been removed from Pyongyang's airport?", "Civilian aircraft"),
    ("Where might a parade be held?", "Kim Il-sung Square"),
    ("What is NK PRO?", "Seoul-based website"),
    ("Who visited Pyongyang last year?", "Shoigu"),
    ("What post did Sergei Shoigu hold?", "defence minister"),
    ("Where did Campbell speak on Wednesday?", "Stimson Centre"),
    ("What effect did North Korean supplies have on the war?", "substantial impact"),
    ("Who expects Putin in the coming days?", "presidential office"),
    ("What would deeper military cooperation with Moscow violate?", "UN Security Council"),
    ("What does the US not know?", "what Russia has provided"),
)
NOT_ANSWERED = (
    "How old is Vladimir Putin?",
    "Who is the president of France?",
    "How many soldiers does North Korea have?",
    "What did China say about the visit?",
    "Who won the World Cup?",
    "How much oil does Russia export?",
    "When was Kim Hong-kyun born?",
    "What is the capital of Peru?",
    "How many people died in the earthquake?",
    "Which company built the airport?",
)


def main() -> None:
    """Ask every question over a library of the one article."""
    with tempfile.TemporaryDirectory() as folder:
        settings = IndexSettings(library=Path(folder))
        with writing(settings.library, doing="an evaluation"):
            Ingest(Library(settings.library), CuttingsEmbeddings(), settings).add_paths(
                [SHARED / "seed"]
            )
        answerer = open_answerer(settings, many_questions=False).answerer
        rows = []
        for question, expected in (*ANSWERED, *((one, None) for one in NOT_ANSWERED)):
            answer = answerer.answer(question)
            cited = bool(answer.citations)
            right = cited and expected in answer.text if expected else not answer.answered
            rows.append((question, expected, right, answer))
            print(f"{'right' if right else 'WRONG'}  {answer.confidence:.2f}  {question}")
            if not right:
                print(f"       {' '.join(answer.text.split())}")
    answered = [right for _, expected, right, _ in rows if expected]
    silent = [right for _, expected, right, _ in rows if not expected]
    print(f"answered rightly {sum(answered)} of {len(answered)}")
    print(f"refused rightly {sum(silent)} of {len(silent)}")
    record(
        "seed",
        "python -m evals.seed",
        {
            "answered rightly": sum(answered),
            "answerable": len(answered),
            "refused rightly": sum(silent),
            "not answerable": len(silent),
            "who spoke with Campbell?": rows[0][3].text,
            "wrong": [question for question, _, right, _ in rows if not right],
        },
        n=len(rows),
        seed=None,
    )


if __name__ == "__main__":
    main()
