"""Conditional requests: whether a client has already what it asks for."""


def is_known(etag: str, if_none_match: str) -> bool:
    """Compare weakly, as RFC 9110 (section 13.1.2) has it for this header.

    Args:
        etag: What would be sent.
        if_none_match: What the client has, as the header tells.
    """
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known
