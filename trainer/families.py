"""Registers with Keras what the families add to it.

`import trainer.families` is all that `keras.saving.load_model` needs to read the `model.keras` of
any published version. It imports Keras, which takes seconds; the trainer itself imports the
network of a family when it builds one.
"""

from trainer.tasks import TASKS, find_config

for _name in TASKS:
    for _family in find_config(_name).families:
        _ = _family.networks
