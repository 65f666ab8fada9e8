"""Writes the curves of a fit for TensorBoard: one of each metric, however often it went on."""

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams

from trainer.durable_files import save_file
from trainer.spaces import Values

_PARTS = ("train", "validation")
_EVENTS = "events.out.tfevents.*"


class Curves(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Writes each epoch's metrics and learning rate, named as Keras' own callback names them.

    Unlike that one it can be told to have all of it on disk, so that a fit that goes on from a
    checkpoint continues curves without a gap.

    Args:
        folder: Gets hyperparameters, and a folder each for training and validation.
        values: The hyperparameters.
        after: Epochs done before; what the folder says of later ones is removed, and all of it
            where there are none.
    """

    def __init__(self, folder: Path, values: Values, after: int = 0) -> None:
        super().__init__()
        _remove_events(folder)
        for part in _PARTS:
            if after:
                _cut_events(folder / part, after)
            else:
                _remove_events(folder / part)
        with tf.summary.create_file_writer(str(folder)).as_default():
            hparams.hparams(values, trial_id=folder.name)
        self._writers = [tf.summary.create_file_writer(str(folder / part)) for part in _PARTS]

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Write the metrics of an epoch."""
        train = {name: value for name, value in logs.items() if not name.startswith("val_")}
        train["learning_rate"] = float(keras.ops.convert_to_numpy(self._find_learning_rate()))
        validation = {n[4:]: value for n, value in logs.items() if n.startswith("val_")}
        for writer, metrics in zip(self._writers, (train, validation), strict=True):
            with writer.as_default():
                for name, value in metrics.items():
                    tf.summary.scalar(f"epoch_{name}", value, step=epoch)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002 -- Keras calls it so
        """Close the files."""
        for writer in self._writers:
            writer.close()

    def flush(self) -> None:
        """Have all of it in the files."""
        for writer in self._writers:
            writer.flush()

    def _find_learning_rate(self) -> Any:
        return self.model.optimizer.learning_rate


def _remove_events(folder: Path) -> None:
    for path in folder.glob(_EVENTS):
        path.unlink()


def _cut_events(folder: Path, epochs: int) -> None:
    """Remove what event files say of epochs from this one on, and what cannot be read."""
    for path in folder.glob(_EVENTS):
        kept = [record for record in _read_records(path) if _find_step(record) < epochs]

        def write(to: Path, records: list[bytes] = kept) -> None:
            with tf.io.TFRecordWriter(str(to)) as writer:
                for record in records:
                    writer.write(record)

        save_file(path, write)


def _read_records(path: Path) -> list[bytes]:
    """Return the records of an event file up to where a crash tore it."""
    records = []
    try:
        for record in tf.data.TFRecordDataset(str(path)):
            records.append(record.numpy())  # noqa: PERF401 -- those before the error count
    except tf.errors.OpError:
        pass
    return records


def _find_step(record: bytes) -> int:
    step: int = tf.compat.v1.Event.FromString(record).step
    return step
