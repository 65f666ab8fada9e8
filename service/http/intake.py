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
        max_json_rows: Rows that a body of JSON may have.
        max_binary_rows: Rows that a body of raw tensors may have.
        admission: Counts what larger bodies hold.
        large_bodies: Where these wait for their turn.
    """

    inline_bytes: int
    max_body_bytes: int
    max_json_rows: int
    max_binary_rows: int
    admission: Admission
    large_bodies: WorkQueue

    def hold(self, context: RequestContext, size_bytes: int) -> None:
        """Count the bytes of a large body that were not counted yet.

        Raises:
            BodyTooLarge: It has more bytes than a body may have.
            Overloaded: All pending bodies together would have too many bytes, or too many wait.
        """
        if size_bytes <= self.inline_bytes or size_bytes <= context.held_bytes:
            return
        if size_bytes > self.max_body_bytes:
            raise BodyTooLarge(
                f"expected a body of at most {count(self.max_body_bytes, 'byte')}. "
                "Received: more. Send it in several requests"
            )
        if not context.held_bytes:  # rather than read it for nothing
            self.large_bodies.check_room()
        self.admission.hold(context, size_bytes - context.held_bytes)
