"""A folder that does not answer: a mounted file system behind which nobody is.

Linux asks the process that holds `/dev/fuse` about every file; this one never says a word. Whoever
reads there waits, as on a network disk whose server hangs, until the folder thaws.
"""

import contextlib
import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_DETACH = 2


@contextlib.contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """Freeze a folder as long as the block lasts; skip the test where nobody may mount."""
    libc = ctypes.CDLL(None, use_errno=True)
    target = os.fsencode(folder)
    try:
        channel = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        pytest.skip(f"this machine has no file systems of one's own: {error}")
    try:
        options = f"fd={channel},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
        options += ",allow_other"
        if libc.mount(b"frozen", target, b"fuse", 0, options.encode()):
            pytest.skip(f"this machine lets nobody mount: {os.strerror(ctypes.get_errno())}")
        try:
            yield
        finally:
            libc.umount2(target, _DETACH)
    finally:
        os.close(channel)  # whoever waits is told that nobody is there
