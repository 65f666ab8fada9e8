"""Evaluates a fitted network: on the test part, on new equations, on fresh problems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tabuada.arithmetic.error_statistics import ErrorReport, summarize_errors
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import (
    LogUniformOperands,
    Problems,
    sample_problems,
)
from tabuada.artifacts.artifact import Artifact
from tabuada.manifests.calculation import as_calculation
from tabuada.manifests.files import MODEL_ONNX, SCALER_JSON
from trainer.onnx_network import OnnxNetwork
from trainer.tasks.calculation.config import CalculationConfig
from trainer.tasks.calculation.dataset import Dataset

if TYPE_CHECKING:
    import keras

_BATCH = 8192
_EQUATIONS_SEED, _FRESH_SEED, _FULL_RANGE_SEED, _OUTSIDE_SEED = 1, 2, 3, 4
OUTSIDE = LogUniformOperands(1e-6, 1e6)
"""Operands far outside what networks are trained on, and far inside."""


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
        outside: Problems with operands of any magnitude from 1e-6 to 1e6.
        rivals: What other networks answer to the last two, by the name of the network.
    """

    test_loss: float
    test: Answers
    equations: Answers
    fresh: Answers
    full_range: Answers
    outside: Answers
    rivals: dict[str, tuple[Answers, Answers]]

    @property
    def metrics(self) -> ErrorReport:
        """The error statistics of the test part."""
        return self.test.report()

    @property
    def scores(self) -> dict[str, float]:
        """Loss and mean absolute error on the test part."""
        return {"test_loss": self.test_loss, "test_mae": self.metrics.overall.mae}


Answerer = Callable[[Problems], Floats]
"""What answers n problems: shape (n,), float64."""


def count_answers(dataset: Dataset, config: CalculationConfig, rivals: int) -> int:
    """Return how many answers an evaluation beside so many rivals takes."""
    drawn = config.evaluation.problems * len(config.data.operations)
    return len(dataset.test) + config.evaluation.equations + (3 + 2 * rivals) * drawn


def evaluate_network(
    network: "keras.Model",
    dataset: Dataset,
    config: CalculationConfig,
    rivals: Mapping[str, Answerer],
    on_answers: Callable[[int], None],
) -> Evaluation:
    """Evaluate a fitted network.

    Args:
        network: (batch, features) -> (batch, 1).
        dataset: For its test part and its encoder.
        config: Of the run.
        rivals: Other networks to compare it with, by name.
        on_answers: Called with how many more problems were answered.
    """
    operations = config.data.operation_set
    operands = config.data.distribution
    per_operation = config.evaluation.problems * len(operations)
    test_loss, _ = network.evaluate(
        dataset.test.features, dataset.test.targets, batch_size=1024, verbose=0
    )
    drawn = {
        "equations": config.data.round(
            sample_problems(
                operations, config.evaluation.equations, operands, _derive(config, _EQUATIONS_SEED)
            ),
            2,
        ),
        "fresh": sample_problems(operations, per_operation, operands, _derive(config, _FRESH_SEED)),
        "full_range": sample_problems(
            operations,
            per_operation,
            config.data.full_distribution,
            _derive(config, _FULL_RANGE_SEED),
        ),
        "outside": sample_problems(
            operations, per_operation, OUTSIDE, _derive(config, _OUTSIDE_SEED)
        ),
    }
    answerer = answer_with(network, dataset.encoder)
    answers = {name: _ask(answerer, problems, on_answers) for name, problems in drawn.items()}
    equations = answers["equations"]
    order = np.argsort(equations.errors)
    answers["equations"] = Answers(
        equations.problems.take(order), equations.exact[order], equations.predicted[order]
    )
    compared = {
        name: (
            _ask(rival, drawn["full_range"], on_answers),
            _ask(rival, drawn["outside"], on_answers),
        )
        for name, rival in rivals.items()
    }
    test = _ask(answerer, dataset.test.problems, on_answers)
    return Evaluation(float(test_loss), test, rivals=compared, **answers)


def answer_with(network: "keras.Model", encoder: FeatureEncoder) -> Answerer:
    """Return what answers problems with a network."""

    def answer(problems: Problems) -> Floats:
        answers = network.predict(encoder.encode(problems), batch_size=_BATCH, verbose=0)
        return np.asarray(answers, np.float64)[:, 0]

    return answer


def answer_with_version(artifact: Artifact) -> Answerer:
    """Return what answers problems with the network of a published version."""
    signature = as_calculation(artifact.manifest).signature
    scaler = Scaler.model_validate_json(artifact.read(SCALER_JSON))
    encoder = FeatureEncoder(scaler, signature.operation_set, signature.dtype)
    network = OnnxNetwork(artifact.read(MODEL_ONNX))

    def answer(problems: Problems) -> Floats:
        signs = (problems.symbol(row) for row in range(len(problems)))
        posed = Problems(
            encoder.operations, problems.a, encoder.operations.encode(signs), problems.b
        )
        return network.answer(encoder.encode(posed)).astype(np.float64)[:, 0]

    return answer


def _ask(answerer: Answerer, problems: Problems, on_answers: Callable[[int], None]) -> Answers:
    predicted = []
    for start in range(0, len(problems), _BATCH):
        part = problems.take(np.arange(start, min(start + _BATCH, len(problems))))
        predicted.append(answerer(part))
        on_answers(len(part))
    return Answers(problems, problems.exact(), np.concatenate(predicted))


def _derive(config: CalculationConfig, purpose: int) -> int:
    """Return a seed that shares no problems with the data set, nor with another purpose."""
    return int(np.random.SeedSequence((config.seed, purpose)).generate_state(1)[0])
