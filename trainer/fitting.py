"""Fits one network; a trial of the search and the final fit are the same act."""

import functools
import gc
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import tensorflow as tf

from trainer.config import TrainerConfig
from trainer.curves import Curves
from trainer.epoch import run_epochs_as_one_graph, stream_epochs
from trainer.errors import RunDamaged
from trainer.examples import FitParts
from trainer.fit_keeper import FitKeeper
from trainer.schedules import watch_plateau
from trainer.spaces import Values
from trainer.trial import History

OnEpoch = Callable[[int, dict[str, float]], None]
"""Called after each epoch with its number, from 1, and its metrics."""


@functools.cache  # TensorFlow refuses a second time
def configure_tensorflow() -> None:
    """Set TensorFlow up for this process, before its first computation.

    One thread: these layers are too small to share out, sums then have one order on every
    machine, and trials run side by side instead. On a GPU, memory grows as needed and kernels
    are the deterministic ones.

    Keras collects garbage before each network; what was imported until now is none, and looking
    through all of it took half a second each time.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
        tf.config.experimental.enable_op_determinism()
    gc.freeze()


def find_accelerators() -> list[str]:
    """Return what TensorFlow computes on beside the processor, by the names of their makers."""
    gpus = tf.config.list_physical_devices("GPU")
    details = map(tf.config.experimental.get_device_details, gpus)
    return [str(facts.get("device_name", "GPU")) for facts in details]


def fit_network(
    values: Values,
    dataset: FitParts,
    config: TrainerConfig,
    *,
    epochs: int,
    logs: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    on_epoch: OnEpoch | None = None,
    initial_epoch: int = 0,
    initial_weights: Path | None = None,
    keeper: FitKeeper | None = None,
) -> tuple[keras.Model, History]:
    """Build and fit a network.

    Args:
        values: Hyperparameters.
        dataset: Trains on its training part, monitors its validation part.
        config: Its family, `fit` section and seed: that of the initial weights, the order of
            batches and dropout.
        epochs: Greatest number of epochs.
        logs: Folder for TensorBoard.
        callbacks: Further Keras callbacks.
        on_epoch: Called after each epoch.
        initial_epoch: Where a fit that goes on from given weights begins.
        initial_weights: File with those weights.
        keeper: Brings the fit to where it was interrupted, and keeps it from then on.

    Returns:
        The network as the last epoch left it, and its history, that of epochs before an
        interruption included.

    Raises:
        RunDamaged: The initial weights cannot be read.
    """
    keras.backend.clear_session()
    keras.config.set_floatx(config.family.dtype)
    keras.utils.set_random_seed(config.seed)
    train, batch_size = dataset.train, config.fit.batch_size
    total_steps = math.ceil(len(train) / batch_size) * epochs
    network = config.family.networks.build(values, train, total_steps=total_steps)
    whole = getattr(network, "whole_part", False)
    if whole:  # its steps are over all problems at once
        batch_size = len(train)
    run_epochs_as_one_graph(
        network,
        batch_size=batch_size,
        train=train,
        validation=dataset.validation,
        jit_compile=config.fit.jit_compile and not whole,
    )
    if initial_weights is not None:
        _load_weights(network, initial_weights)
    mode = config.objective.find_mode(config.fit.monitor)
    followers: list[keras.callbacks.Callback] = [
        keras.callbacks.EarlyStopping(config.fit.monitor, patience=config.fit.patience, mode=mode),
        *watch_plateau(values, config.fit.monitor, epochs, mode),
    ]
    done = keeper.prepare(network, epochs, followers) if keeper else 0
    curves = Curves(logs, values, done)
    extra = [*followers, curves, *callbacks]
    if on_epoch is not None:
        extra.append(
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: on_epoch(epoch + 1, logs)
            )
        )
    if keeper is not None:
        extra.append(keeper.after(curves.flush))
    history = keeper.history if keeper else {}
    if not (keeper and keeper.ended):
        fit = network.fit(
            stream_epochs(train, reshuffle=config.fit.reshuffle, skip=done),
            steps_per_epoch=1,
            shuffle=False,  # the stream did
            epochs=epochs,
            initial_epoch=done or initial_epoch,
            callbacks=extra,
            verbose=0,
        )
        history = history or fit.history
    return network, {n: [float(v) for v in history[n]] for n in config.objective.metrics}


def _load_weights(network: keras.Model, path: Path) -> None:
    try:
        network.load_weights(path)
    except Exception as error:  # Keras and HDF5 have many for a damaged file
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise RunDamaged(
            f"expected the weights of a trial in {path}, from which another one goes on. "
            f"Received: {lines[0].rstrip('.')}. Remove the folder {path.parents[1]} to do the "
            "search again"
        ) from error
