"""What reading a request's body needs: its limits, and where large ones wait for their turn."""

from dataclasses import dataclass

from service.errors import BodyTooLarge
from service.http.admission import Admission
from service.http.request_context import RequestContext
from service.work_queue import WorkQueue
from tabuada.showing import count


@dataclass(frozen=True, slots=True)
class Intake:
    """The limits of bodies.

    Attributes:
        inline_bytes: Bytes up to which a body is read and answered without waiting.
        max_body_bytes: Bytes that a body may have.
        max_json_bytes: Bytes of JSON that it may have.
        max_gzip_ratio: How many times the bytes sent a compressed body may hold.
        max_json_rows: Rows that a body of JSON may have.
        max_binary_rows: Rows that a body of raw tensors may have.
        admission: Counts what larger bodies hold.
        large_bodies: Where these wait for their turn.
    """

    inline_bytes: int
    max_body_bytes: int
    max_json_bytes: int
    max_gzip_ratio: int
    max_json_rows: int
    max_binary_rows: int
    admission: Admission
    large_bodies: WorkQueue

    def foresee(self, size_bytes: int, max_bytes: int) -> None:
        """Refuse a body that is declared to have so many bytes, rather than read it for nothing.

        Raises:
            BodyTooLarge: It will have more bytes than it may have.
            Overloaded: It is large, and too many of these wait.
        """
        if size_bytes <= self.inline_bytes:
            return
        check_bytes(size_bytes, max_bytes)
        self.large_bodies.check_room()

    def hold(self, context: RequestContext, size_bytes: int, max_bytes: int) -> None:
        """Count the bytes of a large body that were not counted yet.

        Raises:
            BodyTooLarge: It has more bytes than it may have.
            Overloaded: All pending bodies together would have too many bytes, or too many wait.
        """
        if size_bytes <= self.inline_bytes or size_bytes <= context.held_bytes:
            return
        check_bytes(size_bytes, max_bytes)
        if not context.held_bytes:  # rather than read it for nothing
            self.large_bodies.check_room()
        self.admission.hold(context, size_bytes - context.held_bytes)


def check_bytes(size_bytes: int, max_bytes: int) -> None:
    """Refuse a body of more bytes than it may have.

    Raises:
        BodyTooLarge: It has.
    """
    if size_bytes > max_bytes:
        raise BodyTooLarge(
            f"expected a body of at most {count(max_bytes, 'byte')}. "
            "Received: more. Send it in several requests"
        )
