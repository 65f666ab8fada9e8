"""The command line: reads the arguments, asks, writes the answers."""

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tabuada.arithmetic.expressions import parse_expressions
from tabuada.client.answers import Predictions
from tabuada.client.errors import BadArgument, ClientError
from tabuada.client.options import DEFAULT_TIMEOUT_S
from tabuada.client.synchronous import Client
from tabuada.command.table import write_table
from tabuada.command.wording import Wording, choose_wording
from tabuada.errors import MalformedExpression
from tabuada.showing import show

_ATTEMPTS = 4  # who waits at a terminal would rather know soon that nothing is there


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask a service.

    Args:
        arguments: Without the program's name; those of the process where not given.

    Returns:
        The exit code: 0 answered, 1 refused or no answer, 2 bad usage, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal without the letters of an answer shows others rather than nothing.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    words = choose_wording(os.environ)
    options = _parse(sys.argv[1:] if arguments is None else arguments, words)
    try:
        parse_expressions(options.expressions)  # what is none is not worth a connection
        answers = _ask(options, words)
    except (MalformedExpression, BadArgument) as error:
        return _fail(error, 2, words)
    except ClientError as error:
        return _fail(error, 1, words)
    except KeyboardInterrupt:
        return 130
    write = _write_json if options.json else _write_text
    sys.stdout.write(write(options.expressions, answers, words))
    return 0


def _ask(options: argparse.Namespace, words: Wording) -> list[Predictions]:
    """Return what each model answers."""
    with Client(options.url, timeout_s=options.timeout, attempts=_ATTEMPTS) as client:
        models = options.model or [summary.model for summary in client.models()]
        if not models:
            raise ClientError(words.no_model)
        question = options.expressions
        return [client.predict(question, model=model, exact=True) for model in models]


def _write_text(expressions: Sequence[str], answers: list[Predictions], words: Wording) -> str:
    return "".join(f"{line}\n" for line in write_table(expressions, answers, words))


def _write_json(expressions: Sequence[str], answers: list[Predictions], _: Wording) -> str:
    told = {
        "expressions": list(expressions),
        "answers": [answer.model_dump() for answer in answers],
    }
    return json.dumps(told) + "\n"


def _fail(error: Exception, code: int, words: Wording) -> int:
    sys.stderr.write(f"{words.error}: {error}\n")
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End in one line, without the usage."""
        self.exit(2, f"{choose_wording(os.environ).error}: {message}. See --help\n")


def _read_seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected seconds, such as 0.5. Received: {show(text)}"
        ) from None


def _name_program() -> str:
    """Return how this program was called: by its own name, or by that of its package."""
    return "python -m tabuada" if Path(sys.argv[0]).name == "__main__.py" else "tabuada"


def _parse(arguments: Sequence[str], words: Wording) -> argparse.Namespace:
    parser = _Parser(
        prog=_name_program(),
        description=words.description,
        epilog=words.epilog,
        allow_abbrev=False,
    )
    parser.add_argument(
        "expressions", nargs="+", metavar=words.expression.upper(), help=words.expressions
    )
    parser.add_argument("--url", help=words.url)
    parser.add_argument("--model", action="append", help=words.model)
    parser.add_argument("--json", action="store_true", help=words.json)
    parser.add_argument(
        "--timeout", type=_read_seconds, default=DEFAULT_TIMEOUT_S, metavar="S", help=words.timeout
    )
    # `-6.3/2` is no option; argparse takes what holds a space for none.
    shielded = [f" {text}" if re.match(r"-[\d.,]", text) else text for text in arguments]
    options = parser.parse_args(shielded)
    options.expressions = [text.strip() for text in options.expressions]
    return options
