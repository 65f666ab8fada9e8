"""Turns the system's refusal to read or write, in whosever words, into one line that says more."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tabuada.errors import TabuadaError
from trainer.errors import RunNotWritable

_ADVICE = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space or raise the quota",
    errno.EFBIG: "Raise the greatest size of files (ulimit -f)",
    errno.EROFS: "Mount it writable, or name another folder with --runs",
    errno.EACCES: "Give this user the right to write there, or name another folder with --runs",
    errno.EPERM: "Give this user the right to write there, or name another folder with --runs",
    errno.ENOTDIR: "Remove the file in its way, or name another folder with --runs",
    errno.EISDIR: "Remove the folder in its way",
    errno.EEXIST: "Remove what is in its way",
    errno.ENOENT: "Name another folder with --runs",
    errno.EIO: "Check the disk",
    errno.EMFILE: "Raise the number of open files (ulimit -n)",
}


@contextlib.contextmanager
def explaining_refusals(folder: Path) -> Iterator[None]:
    """Name the reason where the block cannot read or write.

    Args:
        folder: Where it works; named where the system does not say which file it was.

    Raises:
        RunNotWritable: It could not.
    """
    try:
        yield
    except TabuadaError:
        raise
    except Exception as error:  # TensorFlow and HDF5 have errors of their own for this
        code, reason = _find_reason(error)
        if not reason:
            raise
        path = getattr(error, "filename", None) or folder
        # Advice of another place helps nobody where a temporary folder is meant.
        advice = _ADVICE.get(code, "Check the disk").partition(", or name")[0]
        if Path(os.fsdecode(path)).is_relative_to(folder):
            advice = _ADVICE.get(code, advice)
        raise RunNotWritable(
            f"expected to read and write in {path}. Received: {reason}. {advice}; the same "
            "command then goes on where it stopped"
        ) from error


def _find_reason(error: Exception) -> tuple[int, str]:
    """Return the system's number for what went wrong, and its words; none where it is not that."""
    if isinstance(error, OSError):
        code = error.errno or _find_code(str(error))
        return code, error.strerror or str(error) or type(error).__name__
    if type(error).__module__.startswith(("tensorflow", "h5py", "google.")):
        code = _find_code(str(error))
        return code, os.strerror(code) if code else ""
    return 0, ""


def _find_code(text: str) -> int:
    """Return the number of the first known reason that a text tells in the system's words."""
    return next((code for code in _ADVICE if os.strerror(code) in text), 0)
