"""Tests of what a run says of an operation of one operand, which tests alone know so far."""

from pathlib import Path

import numpy as np
import pytest

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import summarize_errors
from tabuada.arithmetic.operations import ADDITION, Operation, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.arithmetic.regions import Pole, Region
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationProbe,
    CalculationSignature,
)
from tabuada.manifests.manifest import TensorSpec
from trainer.results.tables import Table, write_table
from trainer.tasks.calculation.card import write_card
from trainer.tasks.calculation.evaluation import Answers
from trainer.tasks.calculation.plots import draw_plots
from trainer.tasks.calculation.report.figures import draw_operands
from trainer.tasks.calculation.tabulate import tabulate_answers, tabulate_distributions

ROOT = Operation(
    "root",
    "square root",
    (),
    lambda a, b: np.sqrt(a),  # noqa: ARG005
    arity=1,
    choose_regions=lambda interval: (Region(a=(0, interval[1])),),
)
OPERATIONS = OperationSet([ADDITION, ROOT])


@pytest.fixture
def answers() -> Answers:
    op = np.array([0, 1, 1], np.int8)
    problems = Problems(OPERATIONS, np.array([1.0, 9, 16]), op, np.array([2.0, 0, 0]))
    return Answers(problems, problems.exact(), problems.exact() + 0.5)


def test_problem_of_one_operand_is_written_without_the_other(answers: Answers) -> None:
    expressions = tabulate_answers(answers).column("expression")
    assert expressions == ["1 + 2", "root(9)", "root(16)"]


def test_operand_that_does_not_matter_has_no_histogram(answers: Answers) -> None:
    table = tabulate_distributions(answers.problems)
    assert set(table.select("operation", "root").column("quantity")) == {"a", "result"}
    assert set(table.select("operation", "+").column("quantity")) == {"a", "b", "result"}
    drawn = [[trace.name for trace in figure.data] for _, figure in draw_operands(table)]
    assert drawn == [["a", "b"], ["a"]]


def test_plots_are_drawn_of_one_operand(answers: Answers, tmp_path: Path) -> None:
    draw_plots(tmp_path, answers.problems, answers)
    assert (tmp_path / "distribution_operands.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "predicted_vs_exact_square_root.png").exists()


def test_card_says_regions_and_poles_in_words(answers: Answers, tmp_path: Path) -> None:
    domains = (
        OperandDomain(
            symbol="+",
            regions=(Region(a=(-1, 1), b=(0, 3), whole_b=True), Region(a=(2, 3), b=(4, 5))),
        ),
        OperandDomain(
            symbol="root",
            regions=(Region(a=(0, 10)),),
            poles=(Pole(operand="a", at=90, every=180, distance=5),),
        ),
    )
    # Not validated: manifests know published operations only.
    signature = CalculationSignature.model_construct(
        inputs=(TensorSpec(name="features", dtype="float32", shape=(None, 4)),),
        outputs=(TensorSpec(name="value", dtype="float32", shape=(None, 1)),),
        operations=OPERATIONS.symbols,
        arity=(2, 1),
        domains=domains,
    )
    description = CalculationDescription.model_construct(
        model="roots",
        family="mlp",
        answers_by="approximation",
        signature=signature,
        metrics=summarize_errors(answers.problems, answers.exact, answers.predicted),
        hyperparameters={},
        config={},
        seed=1,
        libraries={},
        source_revision="unknown",
        probe=CalculationProbe(a=(1,), op=("+",), b=(1,), predictions=(2,), tolerance=1e-5),
    )
    (tmp_path / "training").mkdir()
    for name in ("in_range", "outside"):
        write_table(tmp_path / "training" / f"compared_{name}.csv", Table(["operation"], []))
    write_card(tmp_path, description)
    card = (tmp_path / "MODEL_CARD.md").read_text("utf-8")
    assert (
        "- `a + b` with a in [-1, 1] and whole b in [0, 3] or a in [2, 3] and b in [4, 5]\n" in card
    )
    assert "- `root(a)` with a in [0, 10], a at least 5 from 90 and every 180 from there\n" in card
    assert "| root(9) | 3 | 3.5 | 0.5 |" in card
