"""A worker as its parent sees it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time

from service.process.listener import Listener


class Child:
    """A worker process, and the parent's end of the channel to it.

    Args:
        listener: Which it shares.
        environment: Its environment, beyond what is inherited.
        memory: Number of the open file in which all count; None where there is none.
        place: Which place in it is this worker's.
        replacing: It takes the place of another in a service that is ready.

    Attributes:
        process: The process.
        channel: Readable when it says something or has ended.
        heard: When it last said something, by the monotonic clock.
        said: The kinds of what it said so far.
    """

    def __init__(
        self,
        listener: Listener,
        environment: dict[str, str],
        memory: int | None,
        place: int,
        *,
        replacing: bool,
    ) -> None:
        files = listener.filenos()
        shared = [] if memory is None else [memory]
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    *("-m", "service.process.worker"),
                    *(",".join(map(str, files)), str(theirs.fileno())),
                    *(str(-1 if memory is None else memory), str(place)),
                    *(["--replacing"] if replacing else []),
                ],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                pass_fds=(*files, theirs.fileno(), *shared),
                process_group=0,  # Ctrl-C goes to the parent alone, which passes it on in its way
            )
        self.channel.setblocking(False)
        self.started = self.heard = time.monotonic()
        self.said: set[str] = set()
        self._line = b""

    def read(self) -> list[tuple[str, str]] | None:
        """Return what it has said since, None where it has ended."""
        try:
            content = self.channel.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            content = b""
        if not content:
            return None
        self.heard = time.monotonic()
        *lines, self._line = (self._line + content).split(b"\n")
        messages = [tuple(json.loads(line)) for line in lines]
        self.said.update(kind for kind, _ in messages)
        return messages

    def end(self) -> None:
        """Let it end in an orderly way."""
        with contextlib.suppress(OSError):  # it has ended by itself
            self.channel.shutdown(socket.SHUT_WR)

    def reap(self) -> int:
        """Return its exit code, after it has closed the channel; kill it if it does not end."""
        self.channel.close()
        try:
            return self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
