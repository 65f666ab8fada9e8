"""The errors of the domain: facts about what went wrong, no HTTP codes.

TabuadaError
├── BadKey                    a key that cannot sign or verify
├── BadLocation               a place for a store that this installation cannot reach
├── ProblemError              a problem that cannot be read or answered
│   ├── UnknownOperation      a symbol that no operation of the model answers to
│   ├── DivisionByZero        a divisor of exactly zero
│   ├── MalformedExpression   a text that is not `number operation number`
│   ├── EmptyDomain           an interval in which no operand can be drawn
│   └── NotRepresentable      an answer or a statistic beyond finite numbers
├── StoreUnreachable          object storage that does not answer, for now perhaps
└── StoreError                a store or an artifact that cannot be used
    ├── InvalidName           a model or label name outside the allowed letters
    ├── NotFound              no such model, version, label or file
    ├── CorruptArtifact       files that are not what the manifest says
    ├── NotTrusted            a version that no trusted key has signed as it is
    ├── UnsupportedFormat     a format version or a task this code does not read
    ├── WrongTask             a version of another task than the one asked for
    └── StoreNotWritable      a store that is read-only, full or out of reach
"""


class TabuadaError(Exception):
    """Anything this project refuses to do, with the reason as its message."""


class BadKey(TabuadaError):
    """A key that cannot sign or verify."""


class BadLocation(TabuadaError):
    """A place for a store that this installation cannot reach, or that is none."""


class ProblemError(TabuadaError, ValueError):
    """A problem that cannot be read or answered.

    A ValueError too, as InvalidName is, so that validators may raise it.

    Attributes:
        index: Position of the problem in the request, or None where there is just one.
        operand: The part of the problem at fault (`a`, `b`, `op`), or None.
    """

    def __init__(
        self, message: str, *, index: int | None = None, operand: str | None = None
    ) -> None:
        super().__init__(message)
        self.index = index
        self.operand = operand


class UnknownOperation(ProblemError):
    """A symbol that no operation in the set answers to."""


class DivisionByZero(ProblemError):
    """A divisor of exactly zero: neither x/0 nor 0/0 has a value."""


class MalformedExpression(ProblemError):
    """A text that is not `number operation number`."""


class EmptyDomain(ProblemError):
    """An interval in which no operand can be drawn."""


class NotRepresentable(ProblemError):
    """An answer or a statistic beyond what a finite number can hold."""


class StoreUnreachable(TabuadaError, OSError):
    """Object storage that does not answer, or refuses to: later it may work.

    An OSError, as a disk's are, for whoever tries again. No StoreError: nothing is known to be
    wrong with what is stored there.
    """


class StoreError(TabuadaError):
    """A store or an artifact that cannot be used."""


class InvalidName(StoreError, ValueError):
    """A model or label name outside the allowed letters."""


class NotFound(StoreError):
    """No such model, version, label or file in the store.

    Attributes:
        kind: What was looked for: `model`, `version`, `label` or `file`.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class CorruptArtifact(StoreError):
    """Files that are not what their manifest says, or a manifest that cannot be read."""


class NotTrusted(StoreError):
    """A version that no trusted key has signed as it is."""


class UnsupportedFormat(StoreError):
    """A format version, or a task, that this code does not read."""


class WrongTask(StoreError):
    """A version of another task than the one asked for."""


class StoreNotWritable(StoreError):
    """A store that is read-only, full or out of reach; nothing was published."""
