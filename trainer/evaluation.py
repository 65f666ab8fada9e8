"""Evaluates a fitted network: on the test part, on new equations, on fresh problems."""

from dataclasses import dataclass

import keras
import numpy as np

from tabuada.features import FeatureEncoder
from tabuada.metrics import ErrorReport, summarize_errors
from tabuada.operations import Floats
from tabuada.problems import Problems, UniformOperands, sample_problems
from trainer.config import TrainerConfig
from trainer.data import Dataset

_EQUATIONS_SEED, _FRESH_SEED, _FULL_RANGE_SEED = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Problems with exact values and predictions, shape (n,) each, float64."""

    problems: Problems
    exact: Floats
    predicted: Floats

    @property
    def errors(self) -> Floats:
        """Absolute errors, shape (n,)."""
        errors: Floats = np.abs(self.predicted - self.exact)
        return errors

    def report(self) -> ErrorReport:
        """Return the error statistics."""
        return summarize_errors(self.problems, self.exact, self.predicted)

    def of(self, position: int) -> "Answers":
        """Return those of one operation."""
        rows = self.problems.op == position
        return Answers(self.problems.take(rows), self.exact[rows], self.predicted[rows])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        test_loss: MSE on the test part, plus the L2 penalty, as Keras reports it.
        test: On the test part.
        equations: New equations, operands of two decimals, in order of error.
        fresh: Fresh problems from the training distribution, as many of each operation.
        full_range: Problems with any divisor from the least up, wherever training clipped.
    """

    test_loss: float
    test: Answers
    equations: Answers
    fresh: Answers
    full_range: Answers


def evaluate_network(network: keras.Model, dataset: Dataset, config: TrainerConfig) -> Evaluation:
    """Evaluate a fitted network.

    Args:
        network: (batch, features) -> (batch, 1).
        dataset: For its test part and its encoder.
        config: Of the run.
    """
    operations = config.data.operation_set
    operands = config.data.operands
    per_operation = config.evaluation.problems * len(operations)
    test_loss, _ = network.evaluate(
        dataset.test.features, dataset.test.targets, batch_size=1024, verbose=0
    )
    drawn = {
        "equations": sample_problems(
            operations, config.evaluation.equations, operands, _derive(config, _EQUATIONS_SEED)
        ).round(2),
        "fresh": sample_problems(operations, per_operation, operands, _derive(config, _FRESH_SEED)),
        "full_range": sample_problems(
            operations,
            per_operation,
            UniformOperands(*config.data.range, config.data.min_divisor),
            _derive(config, _FULL_RANGE_SEED),
        ),
    }
    answers = {
        name: answer_problems(network, dataset.encoder, problems)
        for name, problems in drawn.items()
    }
    equations = answers["equations"]
    order = np.argsort(equations.errors)
    answers["equations"] = Answers(
        equations.problems.take(order), equations.exact[order], equations.predicted[order]
    )
    test = answer_problems(network, dataset.encoder, dataset.test.problems)
    return Evaluation(float(test_loss), test, **answers)


def answer_problems(network: keras.Model, encoder: FeatureEncoder, problems: Problems) -> Answers:
    """Return a network's predictions beside the exact values."""
    predicted = network.predict(encoder.encode(problems), batch_size=8192, verbose=0)[:, 0]
    return Answers(problems, problems.exact(), predicted.astype(np.float64))


def _derive(config: TrainerConfig, purpose: int) -> int:
    """Return a seed that shares no problems with the data set, nor with another purpose."""
    return int(np.random.SeedSequence((config.seed, purpose)).generate_state(1)[0])
