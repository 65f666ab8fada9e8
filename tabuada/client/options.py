"""What a client is told when it is made: where to ask, with which key, how long and how often."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tabuada.client.errors import BadArgument
from tabuada.showing import show

URL = "TABUADA_URL"
API_KEY = "TABUADA_API_KEY"
DEFAULT_URL = "http://localhost:8000"
DEFAULT_TIMEOUT_S = 30.0
DEFAULT_ATTEMPTS = 6
CONNECTIONS = 16
"""How many a client uses at a time. httpx looks at all of them for every request: with 100 of them
it manages an eighth of the requests that it does with 16."""

# The clients themselves let no more calls in than that. Calls that wait for a connection in httpx's
# pool slow it down, and with threads one may hang there until its time is up, as one of 300 did;
# encode/httpcore#1110 tells how that can come about. Nor may the pool find any superfluous.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=30)

_LONGEST_S = 1e6  # the service reads at most nine digits


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Where a client asks, with which key, how long and how often.

    Attributes:
        url: Where the service is.
        api_key: What it lets in, None for a service that lets everybody in.
        timeout_s: Seconds that a call has, from its first attempt to its answer.
        attempts: How often a call is tried at most; None for as often as it has time.
    """

    url: str
    api_key: str | None = field(repr=False)
    timeout_s: float
    attempts: int | None

    @property
    def headers(self) -> dict[str, str]:
        """What every request says."""
        own = {"User-Agent": "tabuada", "Accept": "application/json"}
        return own if self.api_key is None else {**own, "X-API-Key": self.api_key}


def choose_options(
    url: str | None, api_key: str | None, timeout_s: float, attempts: int | None
) -> ClientOptions:
    """Return options, taking URL and key from the environment where they are None.

    Raises:
        BadArgument: One of them breaks its rule.
    """
    url = url or os.environ.get(URL) or DEFAULT_URL
    api_key = api_key or os.environ.get(API_KEY) or None
    if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
        # The key itself must not turn up in a log.
        raise BadArgument(
            f"expected an API key of printable ASCII characters. Received: {len(api_key)} "
            f"characters, others among them. Look for a line break at its end, or in {API_KEY}"
        )
    if attempts is not None and attempts < 1:
        raise BadArgument(f"expected at least one attempt. Received: {attempts}")
    return ClientOptions(_check_url(url), api_key, check_timeout(timeout_s), attempts)


def check_timeout(timeout_s: float) -> float:
    """Return a time for a call if it is one.

    Raises:
        BadArgument: It is not.
    """
    if not (math.isfinite(timeout_s) and 0 < timeout_s <= _LONGEST_S):
        raise BadArgument(
            f"expected a timeout above 0 s, and at most {_LONGEST_S:g} s. Received: {timeout_s:g}"
        )
    return timeout_s


@contextmanager
def explain_environment() -> Iterator[None]:
    """Make one error of all that httpx raises about proxies and certificates when it is set up.

    Raises:
        BadArgument: The environment names a proxy or certificates that cannot be used.
    """
    try:
        yield
    except (httpx.InvalidURL, ImportError, OSError, ValueError) as error:
        raise BadArgument(
            "expected an environment whose proxies and certificates can be used. "
            f"Received: {error}. Look at HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and the like"
        ) from error


def _check_url(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        parsed = httpx.URL()
    if parsed.userinfo:  # errors show the URL
        raise BadArgument(
            f"expected a URL without a user. Received: one of {parsed.host} with a user. "
            f"Put the API key into {API_KEY}"
        )
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BadArgument(f"expected a URL such as {DEFAULT_URL}. Received: {show(url)}. Name one")
    return url
