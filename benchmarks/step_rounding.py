"""Whether the trainer's steps of dense networks differ from Keras' by more than rounding does.

    python -m benchmarks.step_rounding [--seeds 10] [--trials 15] [--result FILE]

Every trial of preset `seed` is fitted from each seed three times: with Keras' steps, with the
trainer's, and with Keras' again from initial weights that are moved by one float32 ulp, up or down
by chance. Data, weights, order of batches and dropout masks are the same. Where a single ulp moves
a fit's val_mae as far as the trainer's steps do, those differ by rounding alone; and the samples of
val_mae come from one distribution (two-sided Kolmogorov-Smirnov test, on the least val_mae of every
fit). val_mae after the first epoch is compared, too: what begins in the last digit grows with the
steps.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from trainer.config import TrainerConfig
from trainer.environment import prepare_environment
from trainer.presets import load_config
from trainer.tasks import find_task

SIDES = ("Keras", "one ulp", "trainer")


def main() -> None:
    """Fit, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=15)
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    prepare_environment()
    from scipy.stats import ks_2samp

    rows = []
    for seed in range(1, options.seeds + 1):
        for row in fit_trials(seed, options.trials):
            rows.append(row)
            scores = (f"{side} {row[side][1]:.5g}" for side in SIDES)
            print(f"seed {seed}, trial {row['trial']}:", *scores, flush=True)
    finite = [row for row in rows if np.isfinite([row[side] for side in SIDES]).all()]
    samples = {side: [row[side][1] for row in finite] for side in SIDES}
    result: dict[str, Any] = {"seeds": options.seeds, "trials": options.trials, "fits": len(finite)}
    for side in SIDES:
        quartiles = np.percentile(samples[side], (25, 50, 75)).round(4).tolist()
        result[side] = {"least_val_mae_quartiles": quartiles}
        if side != "Keras":
            result[side] |= compare(finite, side)
            same = ks_2samp(samples["Keras"], samples[side])
            result[side]["p_same_distribution"] = round(float(same.pvalue), 3)
    print(json.dumps(result, indent=1))
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def compare(rows: list[dict[str, Any]], side: str) -> dict[str, Any]:
    """Return how far a side's val_mae is from that of Keras' steps."""
    found: dict[str, Any] = {}
    for name, place in (("first_epoch", 0), ("least", 1)):
        pairs = [(row[side][place], row["Keras"][place]) for row in rows]
        found[f"{name}_median_change"] = round(median(abs(a / b - 1) for a, b in pairs), 5)
        found[f"{name}_same_to_3_digits"] = sum(f"{a:.3g}" == f"{b:.3g}" for a, b in pairs)
    return found


def fit_trials(seed: int, trials: int) -> Iterator[dict[str, Any]]:
    """Yield each trial of a seed's search: by side, val_mae after the first epoch, and the best."""
    from trainer.fitting import configure_tensorflow
    from trainer.search.oracle import Proposer

    configure_tensorflow()
    config = load_config("seed", overrides=[f"seed={seed}", f"search.trials={trials}"])
    dataset = find_task(config.task).build_dataset(config)
    with tempfile.TemporaryDirectory() as name:
        for task in Proposer(config, Path(name)).propose():
            if task is None:
                return
            fits = {side: fit(side, task.values, dataset, config, Path(name)) for side in SIDES}
            yield {"trial": task.trial} | fits


def fit(
    side: str, values: Any, dataset: Any, config: TrainerConfig, folder: Path
) -> tuple[float, float]:
    """Return the val_mae of a fit after its first epoch, and the least."""
    from unittest.mock import patch

    from trainer.dense_steps import DenseSteps
    from trainer.fitting import fit_network

    networks = config.family.networks
    build = networks.build

    def build_moved(*arguments: Any, **options: Any) -> Any:
        network = build(*arguments, **options)
        rng = np.random.default_rng(config.seed)
        for variable in network.trainable_variables:
            weights = np.asarray(variable)
            towards = np.where(rng.random(weights.shape) < 0.5, -np.inf, np.inf)
            variable.assign(np.nextafter(weights, towards.astype(weights.dtype)))
        return network

    with (
        patch.object(networks, "build", build_moved if side == "one ulp" else build),
        patch.object(DenseSteps, "find", DenseSteps.find if side == "trainer" else lambda _: None),
    ):
        _, history = fit_network(
            values, dataset, config, epochs=config.trial_epochs, logs=folder / "logs"
        )
    scores = history["val_mae"]
    return scores[0], min(scores)


if __name__ == "__main__":
    main()
