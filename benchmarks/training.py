"""The search of preset `seed`, as the experiment wrote it and as the trainer does it.

    python -m benchmarks.training            all 15 trials, minutes on two cores
    python -m benchmarks.training --trials 4

Both sides get the same trials, seeds and data, run one after the other in a process of their
own, and are timed from the start of that process to its end. The experiment's side is Keras
Tuner's RandomSearch around `model.fit`, as published: one step a call into TensorFlow, a
progress bar, early stopping, checkpoint and TensorBoard. Prints the val_mae of every trial on
both sides, whether they agree to three digits, and the ratio of the times.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trainer.config import TrainerConfig
from trainer.presets import load_config

Scores = dict[str, float]
"""val_mae by trial."""


def main() -> int:
    """Run both sides and compare them; 1 if a trial's val_mae differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=15)
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    parser.add_argument("--side", choices=("experiment", "trainer"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    config = load_config("seed", overrides=[f"search.trials={options.trials}"])
    if options.side:
        search = _search_as_experiment if options.side == "experiment" else _search_as_trainer
        (options.folder / "scores.json").write_text(json.dumps(search(config, options.folder)))
        return 0
    seconds: dict[str, float] = {}
    scores: dict[str, Scores] = {}
    for side in ("trainer", "experiment"):
        seconds[side], scores[side] = _time(side, options.trials)
        print(f"{side:<10} {seconds[side]:7.1f} s for {options.trials} trials", flush=True)
    agree = _print_scores(scores["experiment"], scores["trainer"])
    result = {
        "trials": options.trials,
        "cores": len(os.sched_getaffinity(0)),
        "experiment_s": round(seconds["experiment"], 1),
        "trainer_s": round(seconds["trainer"], 1),
        "ratio": round(seconds["experiment"] / seconds["trainer"], 2),
        "val_mae_agrees": agree,
    }
    print(f"\nratio      {result['ratio']:.2f} times as fast on {result['cores']} cores")
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if agree else 1


def _time(side: str, trials: int) -> tuple[float, Scores]:
    with tempfile.TemporaryDirectory() as name, (Path(name) / "output.txt").open("w+") as output:
        command = [sys.executable, "-m", "benchmarks.training", "--side", side]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "--trials", str(trials), "--folder", name],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            output.seek(0)
            raise SystemExit(f"{side} failed:\n{output.read()[-2000:]}")
        scores: Scores = json.loads((Path(name) / "scores.json").read_text())
        return seconds, scores


def _print_scores(experiment: Scores, trainer: Scores) -> bool:
    print(f"\n{'trial':<6}{'experiment':>14}{'trainer':>14}")
    agree = True
    for trial, score in sorted(experiment.items()):
        other = trainer.get(trial, float("nan"))
        same = f"{score:.3g}" == f"{other:.3g}"
        agree &= same
        print(f"{trial:<6}{score:>14.6f}{other:>14.6f}  {'' if same else 'DIFFERS'}")
    print(f"val_mae {'agrees' if agree else 'does not agree'} to three digits in every trial")
    return agree


def _search_as_trainer(config: TrainerConfig, folder: Path) -> Scores:
    from trainer.progress import Progress
    from trainer.search.search import search

    results = search(config, folder / "search", Progress())
    return {result.trial: result.metrics["val_mae"] for result in results if not result.failed}


def _search_as_experiment(config: TrainerConfig, folder: Path) -> Scores:
    import keras
    import keras_tuner

    from trainer.search.oracle import declare_space
    from trainer.tasks.calculation.config import as_calculation_config
    from trainer.tasks.calculation.dataset import build_dataset

    optimizers = {
        "rmsprop": keras.optimizers.RMSprop,
        "adagrad": keras.optimizers.Adagrad,
        "nadam": keras.optimizers.Nadam,
    }

    def build_model(hp: keras_tuner.HyperParameters) -> keras.Model:
        keras.utils.set_random_seed(config.seed)
        model = keras.Sequential([keras.layers.Input((6,))])
        for _ in range(hp.get("num_layers")):
            penalty = keras.regularizers.l2(hp.get("l2_reg"))
            model.add(keras.layers.Dense(hp.get("num_neurons"), kernel_regularizer=penalty))
            leaky = hp.get("activation") == "leaky_relu"
            activation = keras.layers.Activation
            model.add(keras.layers.LeakyReLU() if leaky else activation(hp.get("activation")))
            model.add(keras.layers.Dropout(hp.get("dropout_rate")))
        model.add(keras.layers.Dense(1))
        optimizer = optimizers[hp.get("optimizer")](learning_rate=hp.get("learning_rate"))
        model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
        return model

    dataset = build_dataset(as_calculation_config(config))
    tuner = keras_tuner.RandomSearch(
        build_model,
        objective=keras_tuner.Objective("val_mae", "min"),
        max_trials=config.search.trials,
        hyperparameters=declare_space(config.space),
        seed=config.seed,
        directory=folder,
        project_name="math_mlp",
        max_consecutive_failed_trials=100,
    )
    tuner.search(
        dataset.train.features,
        dataset.train.targets,
        epochs=config.fit.epochs,
        batch_size=config.fit.batch_size,
        validation_data=(dataset.validation.features, dataset.validation.targets),
        callbacks=[
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=config.fit.patience),
            keras.callbacks.ModelCheckpoint(
                folder / "best.keras", monitor="val_loss", save_best_only=True
            ),
            keras.callbacks.TensorBoard(folder / "logs"),
        ],
    )
    trials = tuner.oracle.get_best_trials(config.search.trials)
    return {trial.trial_id: trial.score for trial in trials}


if __name__ == "__main__":
    sys.exit(main())
