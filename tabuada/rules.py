"""Puts what pydantic found wrong into this project's words: what was expected, what came, advice.

Pydantic's own sentences speak to who wrote the schema. What is listed here is whatever the schemas
of this project can raise; a test draws them all, and a kind that is not listed gets general words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tabuada.showing import count, show

Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What was expected, and what to do.

    Attributes:
        expected: Follows on "expected".
        advice: A sentence.
    """

    expected: str
    advice: str


def _count(context: Context, limit: str, noun: str, bound: str) -> str:
    return f"{bound} {count(context[limit], noun)}"


def _bound(value: float) -> str:
    return show(int(value) if value == int(value) else value)


def _list_choices(context: Context) -> str:
    return str(context["expected"]).replace("'", "")


_ANYTHING = Rule("a value as its description says", "Compare it with the description")
_OBJECT = Rule("an object", "Send names and values in braces")
_LIST = Rule("a list", "Put it in brackets, also where it is but one")
_WHOLE = Rule("a whole number", "Write it in digits alone, such as 3")
_NUMBER = Rule("a number", "Write it in digits alone, such as 4.93")
_BOOLEAN = Rule("true or false", "Write one of these two words, not in quotes")
_TEXT = Rule("a string", "Put it in double quotes")

_RULES: dict[str, Rule] = {
    "missing": Rule("this field", "Add it"),
    "extra_forbidden": Rule("no field of this name", "Leave it out, or look how it is spelled"),
    "invalid_key": Rule("names that are strings", "Put each in double quotes"),
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "iterable_type": _LIST,
    "string_type": _TEXT,
    "string_unicode": Rule("text in UTF-8", "Encode it as UTF-8"),
    "string_pattern_mismatch": Rule("a text of another form", "Compare it with the description"),
    "finite_number": Rule("a finite number, up to 1.8e308", "Send one that float64 holds"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": Rule("a whole number of fewer digits", "Choose a smaller one"),
    "int_from_float": Rule("a whole number", "Leave out what follows the decimal point"),
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "none_required": Rule("null", "Leave it out"),
    "union_tag_invalid": _ANYTHING,
    "union_tag_not_found": _ANYTHING,
    "is_instance_of": _ANYTHING,
    "recursion_loop": Rule("less nesting", "Send it flat"),
    "json_invalid": Rule("JSON", "Send it through a library that writes JSON"),
    "json_type": Rule("JSON", "Send it through a library that writes JSON"),
    "bytes_type": _TEXT,
    "request_form": Rule("another form", "Send one of these forms"),
    "path_type": Rule("a path", "Write one, such as /srv/tabuada"),
}

_BOUNDS: dict[str, Callable[[Context], Rule]] = {
    "greater_than": lambda c: Rule(
        f"a value greater than {_bound(c['gt'])}", "Choose a larger one"
    ),
    "greater_than_equal": lambda c: Rule(
        f"a value of at least {_bound(c['ge'])}", "Choose a larger one"
    ),
    "less_than": lambda c: Rule(f"a value less than {_bound(c['lt'])}", "Choose a smaller one"),
    "less_than_equal": lambda c: Rule(
        f"a value of at most {_bound(c['le'])}", "Choose a smaller one"
    ),
    "multiple_of": lambda c: Rule(
        f"a multiple of {show(c['multiple_of'])}", "Choose the nearest one"
    ),
    "too_short": lambda c: Rule(_count(c, "min_length", "item", "at least"), "Add what is missing"),
    "too_long": lambda c: Rule(
        _count(c, "max_length", "item", "at most"), "Send the others in another request"
    ),
    "string_too_short": lambda c: Rule(
        f"a string of {_count(c, 'min_length', 'character', 'at least')}", "Write a longer one"
    ),
    "string_too_long": lambda c: Rule(
        f"a string of {_count(c, 'max_length', 'character', 'at most')}", "Write a shorter one"
    ),
    "literal_error": lambda c: Rule(_list_choices(c), "Choose one of these"),
    "enum": lambda c: Rule(_list_choices(c), "Choose one of these"),
}


def find_rule(error: Mapping[str, Any]) -> Rule:
    """Return the rule that was broken.

    Args:
        error: One of `ValidationError.errors()`.
    """
    kind = error["type"]
    if kind in _BOUNDS:
        return _BOUNDS[kind](error["ctx"])
    return _RULES.get(kind, _ANYTHING)


def describe_error(error: Mapping[str, Any], received: str | None = None) -> str:
    """Return one pydantic error as `expected ... Received: ... <advice>`.

    Args:
        error: One of `ValidationError.errors()`.
        received: What came, where the caller knows better how it was written.
    """
    own = _find_own_message(error)
    if own is not None and "Received: " in own:
        return own
    rule = find_rule(error)
    expected = own or f"expected {rule.expected}"
    if received is None:
        received = "none" if error["type"] == "missing" else show(error.get("input"))
    return f"{expected}. Received: {received}. {rule.advice}"


def _find_own_message(error: Mapping[str, Any]) -> str | None:
    """Return the message of a validator of this project's own, None where it is pydantic's."""
    raised = (error.get("ctx") or {}).get("error")
    message = str(raised) if isinstance(raised, Exception) else error.get("msg", "")
    return message if message.startswith("expected ") else None
