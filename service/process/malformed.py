"""Says in words of our own what the parser found wrong."""

import re

import httptools

from service.errors import MalformedHttp, RefusedConnection
from service.process.heads import refuse_method, refuse_version
from service.wording import shorten

_TOKEN = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: |\Z)")  # RFC 9110, 5.6.2
_REQUEST_LINE = re.compile(rb"[^ ]+ +[^ ]+ +HTTP/")
_OTHER_PROTOCOL = re.compile(rb"[^ \r\n]+ +[^ \r\n]+ +((?:RTSP|ICE)/[0-9.]+)\r?\n")
_LONGEST_LINE = 2**14

# By what the parser's reason begins with; of its many, those that a person can do something about.
_VERSIONS = ("Invalid HTTP version", "Pause on PRI", "Expected HTTP/2")
_METHODS = ("Invalid method",)
_RULES = (
    (
        ("Expected HTTP/", "Expected dot", "Invalid major", "Invalid minor", "Expected CRLF after"),
        "a first line that ends with HTTP/1.1",
    ),
    (
        ("Content-Length", "Transfer-Encoding", "Invalid character in Content-Length",
         "Invalid `Transfer-Encoding`", "Empty Content-Length", "Empty Transfer-Encoding"),
        "one Content-Length in digits, or Transfer-Encoding: chunked, and not both",
    ),
)  # fmt: skip


def explain(error: httptools.HttpParserError, line: bytes, *, in_body: bool) -> RefusedConnection:
    """Return the refusal that the parser's error means.

    Args:
        error: The parser's.
        line: What came so far of the request that it is about, empty where that is not known.
        in_body: Whether its head was there.
    """
    reason = str(error)
    line = line.lstrip(b"\r\n")
    found = _TOKEN.match(line)
    if reason.startswith(_METHODS) and found:
        return refuse_method(found[1])
    if reason.startswith(_VERSIONS):
        return refuse_version(_find_version(line))
    return MalformedHttp(
        f"expected {_find_rule(error, reason, in_body)}. Received: something else. Mend the request"
    )


def _find_rule(error: httptools.HttpParserError, reason: str, in_body: bool) -> str:
    rule = next((rule for beginnings, rule in _RULES if reason.startswith(beginnings)), None)
    if isinstance(error, httptools.HttpParserInvalidURLError):
        rule = "an address of ASCII characters without spaces, such as /predict"
    elif isinstance(error, httptools.HttpParserInvalidMethodError):
        rule = "a request of HTTP/1.1"
    elif rule is None and in_body:
        rule = "chunks of a size in hexadecimal digits, each ended by CRLF"
    return rule or "headers as `Name: value`, each line ended by CRLF and none of them folded"


def look_at_line(line: bytes) -> bool:
    """Hold the beginning of a request to HTTP/1.0 and later; return whether its line is whole.

    The parser waits for the headers of a line that has no version: HTTP/0.9 has none.

    Raises:
        UnsupportedVersion: It is a line of HTTP/0.9.
        MalformedHttp: It is one of another protocol.
    """
    first, ended, _ = line.lstrip(b"\r\n").partition(b"\n")
    if ended and not _REQUEST_LINE.match(first):
        refuse_other_protocols(line)
        raise refuse_version("HTTP/0.9")
    return bool(ended) or len(line) > _LONGEST_LINE


def refuse_other_protocols(data: bytes) -> None:
    """Refuse what the parser takes, though it is no HTTP.

    Raises:
        MalformedHttp: It is a request of RTSP or ICE.
    """
    found = _OTHER_PROTOCOL.match(data.lstrip(b"\r\n"))
    if found:
        raise MalformedHttp(
            f"expected a request of HTTP/1.1. Received: one of {shorten(found[1].decode())}. "
            "Ask in HTTP"
        )


def _find_version(line: bytes) -> str:
    found = re.match(rb"[^ \r\n]+ +[^ \r\n]+ +(HTTP/[0-9.]{1,9})", line)
    return found[1].decode("ascii") if found else "another version"
