"""What the network says becomes answers: spans, their edges, and the form that was asked for."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.appositions import described
from qa.phrases import widened
from qa.question_kinds import form_of
from qa.reader_model import BATCH_TOKENS, batches
from qa.spans import MAX_SPAN_TOKENS, WindowLogits, best_spans


def logits(start: list[float], end: list[float]) -> WindowLogits:
    offsets = np.asarray([(2 * n, 2 * n + 1) for n in range(len(start))], np.int64).reshape(-1, 2)
    return WindowLogits(offsets, np.asarray(start, np.float32), np.asarray(end, np.float32), 0.0)


def test_the_best_span_ends_where_it_starts_or_later() -> None:
    assert best_spans(logits([0, 0, 9], [9, 0, 1]), 1) == [((4, 5), 10.0)]


def test_spans_of_one_passage_do_not_overlap() -> None:
    spans = [span for span, _ in best_spans(logits([5, 1, 4, 0], [0, 5, 1, 4]), 3)]
    assert spans == [(0, 3), (4, 7)]


def test_a_window_without_a_passage_has_no_span() -> None:
    assert best_spans(logits([], []), 3) == []


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=60))
def test_spans_are_short_disjoint_and_best_first(pairs: list[tuple[float, float]]) -> None:
    found = best_spans(logits([a for a, _ in pairs], [b for _, b in pairs]), 4)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(a < b <= a + 2 * MAX_SPAN_TOKENS for (a, b), _ in found)
    ordered = sorted(span for span, _ in found)
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))


@pytest.mark.parametrize(
    ("sentence", "marked", "answer"),
    [
        ("South Korea’s vice minister, Kim Hong-kyun, called.", "Hong", "Kim Hong-kyun"),
        ("It was Kim who said so.", "Kim", "Kim"),
        ("He met Kurt Campbell on Friday.", "Campbell", "Kurt Campbell"),
        ("He met Campbell’s aide.", "Campbell", "Campbell"),
        ("The Bank of England raised rates.", "England", "Bank of England"),
        (
            "New Hampshire Gov. Chris Sununu agreed.",
            "Chris Sununu",
            "New Hampshire Gov. Chris Sununu",
        ),
        ("On Friday President Biden left.", "Biden", "President Biden"),
        ("Yesterday Ana Duarte left.", "Duarte", "Ana Duarte"),
        ("When Chris Sununu agreed, it passed.", "Sununu", "Chris Sununu"),
        ("By Tom Krisher\n\nDETROIT", "DETROIT", "DETROIT"),
        ("About 4,200 people came.", "4,2", "4,200"),
        ("They call it “the long wait” now.", "the long wait”", "“the long wait”"),
        ("It cost $12.4 million, she said.", "$12.4 million,", "$12.4 million"),
        ("It fell on Friday (June 14).", "Friday (June 14", "Friday (June 14)"),
    ],
)
def test_an_answer_is_widened_to_what_it_cuts(sentence: str, marked: str, answer: str) -> None:
    at = sentence.index(marked)
    start, end = widened(sentence, (at, at + len(marked)), (0, len(sentence)))
    assert sentence[start:end] == answer


@pytest.mark.parametrize(
    ("sentence", "marked", "answer"),
    [
        (
            "South Korea’s vice minister, Kim Hong-kyun, in a call, said so.",
            "Kim Hong-kyun",
            "South Korea’s vice minister, Kim Hong-kyun",
        ),
        ("He met Bo Ek, the deputy mayor, on Friday.", "Bo Ek", "Bo Ek, the deputy mayor"),
        ("It was Bo Ek, the mayor said.", "Bo Ek", "Bo Ek"),
        ("It was Bo Ek, who is a judge.", "Bo Ek", "Bo Ek"),
        ("It was Bo Ek, in the rain.", "Bo Ek", "Bo Ek"),
        ("As mayor, Bo Ek cut ribbons.", "Bo Ek", "Bo Ek"),
        ("He met Bo Ek, President Joe Biden, and Kim.", "Bo Ek", "Bo Ek"),
        ("Read by the chair, Bo Ek.", "Bo Ek", "Bo Ek"),
    ],
)
def test_who_somebody_is_comes_with_the_name(sentence: str, marked: str, answer: str) -> None:
    at = sentence.index(marked)
    start, end = described(sentence, (at, at + len(marked)), (0, len(sentence)))
    assert sentence[start:end] == answer


@given(st.text(min_size=1, max_size=80), st.data())
def test_widening_stays_inside_the_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    a, b = widened(text, (start, end), (0, len(text)))
    assert 0 <= a <= b <= len(text)
    c, d = described(text, (start, end), (0, len(text)))
    assert 0 <= c <= start < end <= d <= len(text)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Who spoke with Campbell?", "person"),
        ("Can you tell me who spoke with Campbell?", "person"),
        ("Who explained how the ships got out?", "person"),
        ("Isn’t Putin going?", "decision"),
        ("Whose dog was it?", "phrase"),
        ("How many ships left?", "phrase"),
        ("How old is he?", "phrase"),
        ("Why did it fail?", "sentences"),
        ("How did the ships get out?", "sentences"),
        ("What did Campbell say about Russia?", "sentences"),
        ("What did the company build?", "phrase"),
        ("Did the gate hold?", "decision"),
        ("Is Putin going to Vietnam?", "decision"),
        ("Isaac Newton wrote what?", "phrase"),
    ],
)
def test_a_question_asks_for_a_form_of_answer(question: str, form: str) -> None:
    assert form_of(question) == form


@given(st.lists(st.integers(1, 400), max_size=40))
def test_every_window_is_read_once_in_batches_that_fit(lengths: list[int]) -> None:
    planned = batches(lengths)
    assert sorted(number for batch in planned for number in batch) == list(range(len(lengths)))
    assert all(
        len(batch) == 1 or max(lengths[one] for one in batch) * len(batch) <= BATCH_TOKENS
        for batch in planned
    )
