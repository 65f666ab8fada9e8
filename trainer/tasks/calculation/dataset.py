"""The data set of a run: sampled, split, and scaled by what the training part shows."""

from dataclasses import dataclass

import numpy as np

from tabuada.arithmetic.features import FeatureEncoder
from tabuada.arithmetic.problems import sample_problems
from trainer.tasks.calculation.config import CalculationConfig
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples
from trainer.tasks.calculation.scaling import Fitted, describe_scaler, fit_scaler


@dataclass(frozen=True, slots=True)
class Dataset:
    """Training, validation and test part, and how their features were made.

    Attributes:
        train: What networks learn from.
        validation: What decides between networks and epochs.
        test: What the final evaluation reports.
        encoder: Problems to features.
        scaler: What scikit-learn fitted for that encoder.
    """

    train: ProblemExamples
    validation: ProblemExamples
    test: ProblemExamples
    encoder: FeatureEncoder
    scaler: Fitted


def build_dataset(config: CalculationConfig) -> Dataset:
    """Sample, split and scale.

    The split is stratified by operation, so that each part is balanced as the whole is; the
    scaler sees the operands of the training part only. The same seed gives the same data set.
    """
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 -- takes seconds to import

    data, seed, family = config.data, config.seed, config.family
    problems = sample_problems(data.operation_set, data.samples, data.distribution, seed)
    rows, test = train_test_split(
        np.arange(len(problems)),
        test_size=data.test_share,
        stratify=problems.op,
        random_state=seed,
    )
    train, validation = train_test_split(
        rows,
        test_size=data.validation_share / (1 - data.test_share),
        stratify=problems.op[rows],
        random_state=seed,
    )
    fitted = problems.take(train)
    scaler = fit_scaler(family.scaler, fitted, data.asinh_sizes)
    encoder = FeatureEncoder(describe_scaler(scaler), data.operation_set, family.dtype)
    return Dataset(
        train=encode_examples(fitted, encoder),
        validation=encode_examples(problems.take(validation), encoder),
        test=encode_examples(problems.take(test), encoder),
        encoder=encoder,
        scaler=scaler,
    )
