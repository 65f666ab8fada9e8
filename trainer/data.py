"""The data set of a run: sampled, split, and scaled by what the training part shows."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.problems import sample_problems
from trainer.config import TrainerConfig
from trainer.examples import Examples, encode_examples
from trainer.families import find_family


@dataclass(frozen=True, slots=True)
class Dataset:
    """Training, validation and test part, and how their features were made.

    Attributes:
        train: What networks learn from.
        validation: What decides between networks and epochs.
        test: What the final evaluation reports.
        encoder: Problems to features.
        scaler: The fitted scikit-learn scaler inside that encoder.
    """

    train: Examples
    validation: Examples
    test: Examples
    encoder: FeatureEncoder
    scaler: StandardScaler


def build_dataset(config: TrainerConfig) -> Dataset:
    """Sample, split and scale.

    The split is stratified by operation, so that each part is balanced as the whole is; the
    scaler sees the two operands of the training part only. The same seed gives the same data set.
    """
    data, seed, family = config.data, config.seed, find_family(config.family)
    problems = sample_problems(data.operation_set, data.samples, data.operands, seed)
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
    scales = family.scaler == "standard"
    scaler = StandardScaler(with_mean=scales, with_std=scales).fit(
        np.column_stack((fitted.a, fitted.b))
    )
    encoder = FeatureEncoder(describe_scaler(scaler), data.operation_set, family.dtype)
    return Dataset(
        train=encode_examples(fitted, encoder),
        validation=encode_examples(problems.take(validation), encoder),
        test=encode_examples(problems.take(test), encoder),
        encoder=encoder,
        scaler=scaler,
    )


def describe_scaler(scaler: StandardScaler) -> Scaler:
    """Return a fitted scikit-learn scaler as plain numbers."""
    if scaler.mean_ is None or scaler.scale_ is None:  # fitted to leave everything as it is
        return Scaler(kind="identity")
    return Scaler(
        kind="standard", mean=tuple(scaler.mean_.tolist()), scale=tuple(scaler.scale_.tolist())
    )
