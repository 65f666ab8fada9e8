"""The errors of the trainer.

TrainerError
├── ConfigInvalid        a configuration that breaks a rule; nothing was written
│   └── FamilyIncomplete a family of networks that lacks a part; nothing was written
├── RunBusy              another process is working in the same run folder
├── RunDamaged           a file of a run that is not what a stage has left there
├── RunNotWritable       a run folder, or another place it needs, that is full or out of reach
├── StageMissing         a stage whose predecessor has not finished
├── SearchFailed         a search without one usable trial, or one that cannot go on
├── ClusterUnreachable   a Ray cluster that does not answer
├── CannotSnap           a unit that cannot be snapped and be right; nothing was published
└── RuntimesDisagree     exported graphs that do not answer as the Keras model does
"""

from tabuada.errors import TabuadaError


class TrainerError(TabuadaError):
    """Anything that ends a run, with the reason as its message."""


class ConfigInvalid(TrainerError):
    """A configuration that breaks a rule."""


class FamilyIncomplete(ConfigInvalid):
    """A family of networks that lacks something that a run would need in the end."""


class RunBusy(TrainerError):
    """Another process is working in the same run folder."""


class RunDamaged(TrainerError):
    """A file of a run that is not what a stage has left there."""


class RunNotWritable(TrainerError):
    """A run folder, or another place that a run needs, that is full, read-only or out of reach."""


class StageMissing(TrainerError):
    """A stage whose predecessor has not finished."""


class SearchFailed(TrainerError):
    """A search without one usable trial, or one that cannot go on."""


class ClusterUnreachable(TrainerError):
    """A Ray cluster that does not answer."""


class CannotSnap(TrainerError):
    """A fitted unit whose examples bear out no whole weights; nothing was published."""


class RuntimesDisagree(TrainerError):
    """Exported graphs that do not answer as the Keras model does; nothing was published."""
