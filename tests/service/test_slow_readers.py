"""A client may take its time with an answer, as long as it goes on reading."""

import time

from tabuada.artifacts.store import Store
from tests.service.bound_asking import ask_and_read_nothing
from tests.service.conftest import StartServer
from tests.service.traffic import read_all

ROWS = 1_000_000
KEEP_ALIVE_S = 1


def test_answer_is_not_cut_off_because_its_connection_could_be_kept_no_longer(
    store: Store, start_server: StartServer
) -> None:
    server = start_server(store.location, keep_alive_s=KEEP_ALIVE_S, write_timeout_s=60)
    with ask_and_read_nothing(server, ROWS) as connection:
        connection.recv(1)  # it has begun to come
        time.sleep(2.5 * KEEP_ALIVE_S)
        head, _, body = read_all(connection).partition(b"\r\n\r\n")  # and then it is closed
    assert head.startswith(b"TTP/1.1 200 ")
    assert len(body) > 9 * ROWS  # FP64 and BOOL
