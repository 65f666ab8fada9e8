"""Heads of requests, held to RFC 9110 and 9112 before anything answers them."""

import pytest

from service.errors import InvalidHost, MalformedHttp, RefusedConnection
from service.process.heads import Head, read_head

HOST = (b"host", b"x")


@pytest.mark.parametrize(
    "host",
    ["", "x", "x:", "x:80", "localhost:8000", "a_b.c-d", "127.0.0.1:65535", "[::1]", "[::1]:80",
     "[::ffff:127.0.0.1]", "a%20b", "xn--bcher-kva.example", "a,b", "1.2.3.4.5"],
)  # fmt: skip
def test_host_by_the_grammar_passes(host: str) -> None:
    assert read_head(b"GET", b"/", "1.1", [(b"host", host.encode())]).host is None


@pytest.mark.parametrize(
    "host",
    [" ", "a b", "a/b", "a@b", "http://a", "x:y", "x:-1", "x:65536", "x:123456", ":80", "::1", "[]",
     "[::1", "[::1]x", "[:::]", "[1.2.3.4]", "[::1%25lo]", "a%2", "a%zz", "a\\b", "\xe9", "a\x00",
     "a\r\nb", '"a"', "<script>", "a?b", "a#b", "x:80:80"],
)  # fmt: skip
def test_host_against_the_grammar_is_refused(host: str) -> None:
    with pytest.raises(InvalidHost, match="expected Host to be"):
        read_head(b"GET", b"/", "1.1", [(b"host", host.encode("latin-1"))])


@pytest.mark.parametrize(
    ("version", "count", "passes"),
    [("1.1", 0, False), ("1.1", 1, True), ("1.1", 2, False), ("1.0", 0, True), ("1.0", 2, False)],
)
def test_host_is_sent_once(version: str, count: int, passes: bool) -> None:
    if passes:
        read_head(b"GET", b"/", version, [HOST] * count)
    else:
        with pytest.raises(InvalidHost, match="expected one header Host"):
            read_head(b"GET", b"/", version, [HOST] * count)


@pytest.mark.parametrize(
    ("method", "target", "address", "host"),
    [
        ("GET", "/a/b?c=d", "/a/b?c=d", None),
        ("GET", "//a/b", "//a/b", None),
        ("GET", "http://a.example:80/b?c", "/b?c", "a.example:80"),
        ("GET", "HTTPS://a/b", "/b", "a"),
        ("GET", "http://a", "/", "a"),
        ("GET", "http://a?b", "/?b", "a"),
        ("GET", "http://[::1]:8000/b", "/b", "[::1]:8000"),
        ("OPTIONS", "*", "*", None),
        ("OPTIONS", "http://a", "*", "a"),
        ("OPTIONS", "http://a/", "/", "a"),
    ],
)
def test_target_means_an_address_and_perhaps_a_host(
    method: str, target: str, address: str, host: str | None
) -> None:
    head = read_head(method.encode(), target.encode(), "1.1", [HOST])
    assert head == Head(address.encode(), host.encode() if host else None, False, False)


@pytest.mark.parametrize(
    "target",
    ["*", "a", "a:80", "http:/a", "http://", "http:///a", "http://u@a/", "http://u:p@a/",
     "http://a#b", "http://a/#b", "/a#b", "/#", "ftp://a/", "ws://a/", "http://a:b/", "http://[/"],
)  # fmt: skip
def test_target_of_no_form_is_refused(target: str) -> None:
    with pytest.raises(MalformedHttp, match="expected a path such as"):
        read_head(b"GET", target.encode(), "1.1", [HOST])


@pytest.mark.parametrize(
    ("version", "lines", "code"),
    [
        ("1.1", [], ""),
        ("1.1", ["chunked"], "chunked"),
        ("1.1", ["CHUNKED"], "chunked"),
        ("1.1", ["gzip, chunked"], "UnknownCoding"),
        ("1.1", ["gzip", "chunked"], "UnknownCoding"),
        ("1.1", ["gzip"], "UnknownCoding"),
        ("1.1", ["identity"], "UnknownCoding"),
        ("1.1", ["chunked;a=b"], "UnknownCoding"),
        ("1.1", ["\x0bchunked"], "UnknownCoding"),
        ("1.1", ["chunked, gzip"], "MalformedHttp"),
        ("1.1", ["chunked", "chunked"], "MalformedHttp"),
        ("1.1", [",chunked"], "MalformedHttp"),
        ("1.1", [""], "MalformedHttp"),
        ("1.0", ["chunked"], "MalformedHttp"),
        ("1.0", ["gzip"], "MalformedHttp"),
    ],
)
def test_chunked_is_the_only_coding(version: str, lines: list[str], code: str) -> None:
    noted = [HOST, *((b"transfer-encoding", line.encode()) for line in lines)]
    try:
        told = "chunked" if read_head(b"POST", b"/", version, noted).chunked else ""
    except RefusedConnection as error:
        told = type(error).__name__
    assert told == code


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["100-continue"], "continues"),
        (["100-Continue"], "continues"),
        (["100-continue, 100-continue"], "continues"),
        ([""], ""),
        ([","], ""),
        (["200-ok"], "UnmetExpectation"),
        (["100-continue", "a=b"], "UnmetExpectation"),
        (["100-continue;a"], "UnmetExpectation"),
    ],
)
def test_expectations_but_one_are_not_met(lines: list[str], code: str) -> None:
    noted = [HOST, *((b"expect", line.encode()) for line in lines)]
    try:
        told = "continues" if read_head(b"POST", b"/", "1.1", noted).continues else ""
    except RefusedConnection as error:
        told = type(error).__name__
    assert told == code


def test_expectation_is_passed_over_in_http_1_0() -> None:
    assert not read_head(b"POST", b"/", "1.0", [(b"expect", b"100-continue")]).continues


@pytest.mark.parametrize("version", ["0.0", "0.9", "1.2", "2.0", "3.0"])
def test_version_of_another_age_is_refused(version: str) -> None:
    with pytest.raises(RefusedConnection, match=r"expected HTTP/1\.1 or HTTP/1\.0"):
        read_head(b"GET", b"/", version, [HOST])
