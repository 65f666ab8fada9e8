"""The only family of the task `signs`."""

from tests.trainer.signs.dense.space import DenseSpace
from trainer.family import CardTexts, Family

FAMILY = Family(
    name="dense",
    space=DenseSpace,
    network="tests.trainer.signs.dense.network",
    card=CardTexts(kind="a small classifier", what="It looks.", use="Tests.", limits="- Zero."),
    answers_by="approximation",
    form="dense",
    compared=("units",),
)
