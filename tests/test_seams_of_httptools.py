"""The parts of httptools that nobody promises, and that we lean on all the same; see test_seams."""

from typing import Any

import httptools
import pytest

from tests.test_seams import check

# By what they say: requests that the parser refuses, and how it begins to say why.
REASONS = {
    "Invalid HTTP version": b"GET / HTTP/1.2\r\n",
    "Pause on PRI": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "Invalid method": b"FETCH / HTTP/1.1\r\n",
    "Expected HTTP/": b"GET / NONE\r\n",
    "Expected dot": b"GET / HTTP/1\r\n",
    "Expected CRLF after": b"GET / HTTP/1.11\r\n",
    "Content-Length": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
    "Transfer-Encoding": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "Invalid character in Content-Length": b"POST / HTTP/1.1\r\nContent-Length: x\r\n",
}


@pytest.mark.parametrize("reason", REASONS)
def test_httptools_still_says_why(reason: str) -> None:
    parser = httptools.HttpRequestParser(object())
    with pytest.raises(httptools.HttpParserError) as caught:
        parser.feed_data(REASONS[reason])
    known = str(caught.value).startswith(reason)
    check(f"httptools: {reason}", known, "the beginning of a reason")


def test_httptools_still_tells_of_requests_in_parts() -> None:
    seen: list[Any] = []

    class Reader:
        def on_headers_complete(self) -> None:
            seen.append((parser.get_method(), parser.get_http_version()))

        def on_chunk_header(self) -> None:
            seen.append("chunk")

        def on_header(self, name: bytes, value: bytes) -> None:
            seen.append((name, value))

    parser = httptools.HttpRequestParser(Reader())
    parser.feed_data(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked \r\n\r\n2;a=b\r\n{}\r\n0\r\n")
    parser.feed_data(b"X: 1\r\n\r\n")
    begun = seen[1] == (b"POST", "1.1")
    check("httptools: get_method", begun, "which may be asked as the headers are there")
    check("httptools: get_http_version", begun, "which may be asked then, too")
    check("httptools: on_chunk_header", seen[2:4] == ["chunk"] * 2, "called as a chunk begins")
    ends = seen[0] == (b"Transfer-Encoding", b"chunked ") and seen[4] == (b"X", b"1")
    check("httptools: on_header", ends, "with spaces after a value, and for trailers as well")
