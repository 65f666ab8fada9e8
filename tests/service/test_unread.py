"""What clients do not read has a budget together: who took nothing for longest goes first."""

from dataclasses import dataclass

from service.process.unread import UnreadAnswers


@dataclass(eq=False)
class Outgoing:
    """An end of a connection that holds what it is given."""

    left: int = 0
    open: bool = True

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return self.left

    def abort(self) -> None:
        """Close at once."""
        self.left, self.open = 0, False


def write(unread: UnreadAnswers, outgoing: Outgoing, size: int) -> None:
    outgoing.left += size
    unread.note(outgoing)


def test_connections_that_took_nothing_for_longest_are_ended_first() -> None:
    told: list[str] = []
    unread = UnreadAnswers(100, told.append)
    first, second, third = (Outgoing() for _ in range(3))
    for outgoing in (first, second):
        write(unread, outgoing, 40)
    first.left -= 10
    unread.look([first, second])  # the first one reads
    write(unread, third, 40)
    assert [x.open for x in (first, second, third)] == [True, False, True]
    assert told == ["answer_unread"]
    assert unread.held_bytes == 80  # an answer stays in memory until its last byte is sent


def test_answers_that_are_read_or_whose_clients_left_hold_nothing() -> None:
    unread = UnreadAnswers(100, lambda _: None)
    reading, leaving = Outgoing(), Outgoing()
    write(unread, reading, 60)
    write(unread, leaving, 30)
    reading.left = 0
    unread.look([reading])
    assert unread.held_bytes == 0
    write(unread, reading, 90)
    assert reading.open


def test_one_answer_may_be_as_long_as_it_is() -> None:
    unread = UnreadAnswers(100, lambda _: None)
    alone, other = Outgoing(), Outgoing()
    write(unread, alone, 5000)
    assert alone.open
    write(unread, other, 1)
    assert not alone.open
    assert other.open
