"""Says what a body is that is no JSON, by how it begins."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before a text in UTF-8; RFC 8259 (section 8.1) lets readers ignore it."""

_UTF8 = "Save or send it as UTF-8"
_CODING = "Send it with `Content-Encoding: gzip`, or uncompressed"
_PLAIN = "Send it uncompressed, or as gzip with `Content-Encoding: gzip`"

# The longer of two that begin alike comes first.
_BEGINNINGS = (
    (b"\xff\xfe\x00\x00", "text in UTF-32", _UTF8),
    (b"\x00\x00\xfe\xff", "text in UTF-32", _UTF8),
    (b"\xff\xfe", "text in UTF-16", _UTF8),
    (b"\xfe\xff", "text in UTF-16", _UTF8),
    (b"\x1f\x8b", "a body that gzip compressed", _CODING),
    (b"\x28\xb5\x2f\xfd", "a body that Zstandard compressed", _PLAIN),
    (b"PK\x03\x04", "a ZIP archive", _PLAIN),
)
# How two characters of ASCII, with which all JSON begins, lie in units of two and four bytes.
_UNITS = ((4, "text in UTF-32"), (2, "text in UTF-16"))


def name_contents(content: bytes) -> str | None:
    """Return what a body is and what to do, such as `text in UTF-16. Save it as UTF-8`.

    Returns:
        None where its first bytes do not tell.
    """
    for beginning, name, advice in _BEGINNINGS:
        if content.startswith(beginning):
            return f"{name}. {advice}"
    for size, name in _UNITS:
        first = content[:size]
        if len(first) == size and first.count(0) == size - 1 and (first[0] or first[-1]):
            return f"{name}. {_UTF8}"
    return None
