"""The search of preset `seed`, as the experiment wrote it and as the trainer does it.

    python -m benchmarks.training                       all 15 trials, minutes on two cores
    python -m benchmarks.training --trials 4 --rounds 2

Both sides get the same trials, seeds and data, in turns, each in a process of its own, and are
timed from the start of that process to its end: wall time, and the CPU time of it and all its
children, which other programs on the machine disturb less. The experiment's side is Keras Tuner's
RandomSearch around `model.fit`, as published: one step a call into TensorFlow, a progress bar,
early stopping, checkpoint and TensorBoard. Prints the val_mae of every trial on both sides, whether
they agree to three digits, and the ratio of the times.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from trainer.config import TrainerConfig
from trainer.presets import load_config

Scores = dict[str, float]
"""val_mae by trial."""

_PR_SET_CHILD_SUBREAPER = 36  # of prctl(2), Linux


@dataclass(frozen=True)
class Turn:
    """A search of one side.

    Attributes:
        wall_s: From the start of its process to the end.
        cpu_s: CPU time of it and its children.
        scores: What came of it.
    """

    wall_s: float
    cpu_s: float
    scores: Scores


def main() -> int:
    """Run both sides and compare them; 1 if a trial's val_mae differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=1, help="how often each side has its turn")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    parser.add_argument("--side", choices=("experiment", "trainer"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    config = load_config("seed", overrides=[f"search.trials={options.trials}"])
    if options.side:
        search = _search_as_experiment if options.side == "experiment" else _search_as_trainer
        (options.folder / "scores.json").write_text(json.dumps(search(config, options.folder)))
        return 0
    _adopt_orphans()
    turns: dict[str, list[Turn]] = {"trainer": [], "experiment": []}
    for _ in range(options.rounds):
        for side, done in turns.items():
            turn = _time(side, options.trials)
            done.append(turn)
            print(f"{side:<10} {turn.wall_s:7.1f} s, {turn.cpu_s:7.1f} s of CPU", flush=True)
    agree = _print_scores(turns["experiment"][0].scores, turns["trainer"][0].scores)
    result = {"trials": options.trials, "cores": len(os.sched_getaffinity(0))} | _summarize(turns)
    result["val_mae_agrees"] = agree
    print(
        f"\nratio      {result['ratio']:.2f} times as fast on {result['cores']} cores, "
        f"{result['cpu_ratio']:.2f} times less CPU time"
    )
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if agree else 1


def _summarize(turns: dict[str, list[Turn]]) -> dict[str, Any]:
    wall, cpu = (
        {side: median(getattr(turn, name) for turn in done) for side, done in turns.items()}
        for name in ("wall_s", "cpu_s")
    )
    return {
        "rounds": len(turns["trainer"]),
        "experiment_s": round(wall["experiment"], 1),
        "trainer_s": round(wall["trainer"], 1),
        "ratio": round(wall["experiment"] / wall["trainer"], 2),
        "experiment_cpu_s": round(cpu["experiment"], 1),
        "trainer_cpu_s": round(cpu["trainer"], 1),
        "cpu_ratio": round(cpu["experiment"] / cpu["trainer"], 2),
    }


def _time(side: str, trials: int) -> Turn:
    with tempfile.TemporaryDirectory() as name, (Path(name) / "output.txt").open("w+") as output:
        command = [sys.executable, "-m", "benchmarks.training", "--side", side]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"}
        before = _read_cpu_s()
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "--trials", str(trials), "--folder", name],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
        wall_s = time.perf_counter() - started
        _wait_for_orphans()
        if done.returncode:
            output.seek(0)
            raise SystemExit(f"{side} failed:\n{output.read()[-2000:]}")
        scores: Scores = json.loads((Path(name) / "scores.json").read_text())
        return Turn(wall_s, _read_cpu_s() - before, scores)


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends before them, as init would.

    The trainer's workers have one of their own, which nobody waits for; the CPU time of a process
    is told to who does.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    with contextlib.suppress(ChildProcessError):  # there is none left
        while True:
            os.wait()


def _read_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
