"""Training: the loss is what it says, falls, and a stopped run goes on."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig

from evals.metrics import area_under_curve
from evals.scoring import best_f1, exact_match
from index.encoders import open_session
from qa.reader_files import WEIGHTS, write_formats
from qa.reader_model import INPUTS
from training import checkpoints
from training.batches import StepSize, batch_of
from training.encoding import Arrays, EncodedWindow
from training.export import write_onnx
from training.model import Batch, ReaderModel, empty_model, losses
from training.train import Feed, Plan, resumed, save, train
from training.trainer import Recipe, Trainer

CONFIG = BertConfig(
    vocab_size=50,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=32,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)


def tiny_model() -> ReaderModel:
    torch.manual_seed(1)
    return empty_model(CONFIG)


def arrays() -> Arrays:
    """Return two answered questions, one with a window that does not answer, and one unanswered."""
    right = EncodedWindow([1, 7, 2, 9, 10, 11, 12, 2], 3, 3, [4], [5])
    wrong = EncodedWindow([1, 7, 2, 20, 21, 2], 3, 3)
    other = EncodedWindow([1, 8, 2, 30, 31, 32, 33, 34, 2], 3, 4, [5, 7], [5, 7])
    return Arrays.of([[right, wrong], [other], [wrong]])


def batch() -> Batch:
    return batch_of(arrays(), [0, 1, 2])


def test_a_batch_shows_where_answers_may_be() -> None:
    """Neither question, title nor marks are passage; gold tokens are."""
    made = batch()
    assert made.passage.sum(1).tolist() == [4, 2, 4, 2]
    assert (made.passage | ~made.starts).all()
    assert made.answers.tolist() == [1, 0, 1, 0]
    assert made.group.tolist() == [0, 0, 1, 2]


def test_windows_of_one_question_compete() -> None:
    """With equal logits the loss is the log of the group's tokens for each gold occurrence."""
    model = tiny_model()
    for layer in (model.spans, model.answerable):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    with torch.no_grad():
        paid = losses(model, batch())
    assert float(paid.spans) == pytest.approx(math.log(6) + math.log(4 / 2), abs=1e-4)
    assert float(paid.answerable) == pytest.approx(4 * math.log(2), abs=1e-4)


def test_the_loss_falls_on_a_tiny_batch() -> None:
    trainer = Trainer(tiny_model(), Recipe(peak_rate=3e-3), workers=2)
    reports = [trainer.step([batch(), batch()], 0.1) for _ in range(60)]
    assert reports[-1].spans < reports[0].spans / 3
    assert reports[-1].answerable < reports[0].answerable
    assert reports[0].windows == 8


def test_the_rate_rises_and_ends_at_zero() -> None:
    rates = [Recipe().rate(share) for share in (0.0, 0.02, 0.04, 0.5, 1.0)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(Recipe().peak_rate)
    assert rates[2] > rates[3] > rates[4] == 0


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """Weights, average, optimizer and place are those of the checkpoint."""
    data, run = tmp_path / "data", tmp_path / "run"
    arrays().save(data / "000")
    (data / "report.json").write_text("{}")
    feed = Feed(data, StepSize(batches=1, batch_tokens=20))
    first = Trainer(tiny_model(), Recipe(), workers=1)
    done = train(first, Plan(windows=9), feed, run)
    second = Trainer(tiny_model(), Recipe(), workers=1)
    assert resumed(second, run) == done
    held, again = first.optimizer_tensors(), second.optimizer_tensors()
    assert held.keys() == again.keys()
    assert all(torch.equal(value, again[name]) for name, value in held.items())
    assert all(torch.equal(one, second.average[name]) for name, one in first.average.items())
    assert train(second, Plan(windows=20), feed, run).step > done.step


def test_only_the_latest_checkpoints_are_kept(tmp_path: Path) -> None:
    trainer = Trainer(tiny_model(), Recipe(), workers=1)
    trainer.step([batch()], 0.5)
    for step in range(4):
        save(trainer, checkpoints.Progress(step), tmp_path)
    assert [one.name[-1] for one in checkpoints.all_in(tmp_path)] == ["2", "3"]
    assert not list(tmp_path.glob(".*"))


def test_what_is_published_computes_what_was_trained(tmp_path: Path) -> None:
    """Word embeddings within half a step of int8, matrices within fp16; for every form of it."""
    model = tiny_model()
    inputs = {name: np.ones((2, 9), np.int64) for name in INPUTS}
    inputs["input_ids"] = np.arange(18, dtype=np.int64).reshape(2, 9)
    with torch.inference_mode():
        expected = model.eval()(*(torch.from_numpy(inputs[name]) for name in INPUTS))
    write_onnx(model, tmp_path / WEIGHTS)
    write_formats(tmp_path / WEIGHTS, tmp_path)
    for form, near in ((WEIGHTS, 5e-3), ("onnx-fp32.onnx", 5e-3), ("onnx-int8.onnx", 5e-2)):
        found = open_session(tmp_path / form).run(None, inputs)
        for one, right in zip(found, expected, strict=True):
            assert np.allclose(one, right.numpy(), atol=near), form


def test_answers_are_compared_as_squad_does() -> None:
    assert exact_match("The U.S. Senate", ["us senate"]) == 1
    assert best_f1("Kim Hong-kyun of Seoul", ["Kim Hong-kyun", "nobody"]) == pytest.approx(2 / 3)
    assert best_f1("", ["x"]) == 0


def test_the_curve_of_equal_scores_is_chance() -> None:
    assert area_under_curve([1, 1], [1, 1]) == 0.5
    assert area_under_curve([2, 3], [1, 0]) == 1
