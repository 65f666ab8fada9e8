"""Each call in each of its forms, by both clients, against the running service."""

import inspect
import math
from typing import Any

import numpy as np
import pytest

from tabuada.artifacts.store import Store
from tabuada.client import (
    AsyncClient,
    Client,
    Columns,
    Labelled,
    ModelSummary,
    Predictions,
    Sample,
)
from tests.service.serving import Server
from tests.service.tiny import TinyNetwork, check_answers
from tests.tabuada.client.asking import Ask

ROWS = [(4.93, "+", 4.02), (6.3, "/", -0.6), (-3.0, "*", 2.5)]
FORMS: dict[str, Any] = {
    "texts": ["4.93 + 4.02", "6,3 ÷ -0,6", "-3 × 2,5"],  # noqa: RUF001 -- as people type it
    "rows": ROWS,
    "NumPy's numbers": [(np.float64(a), op, np.float64(b)) for a, op, b in ROWS],
    "lists": [list(row) for row in ROWS],
    "columns": Columns(a=[4.93, 6.3, -3], op=["+", "/", "*"], b=(4.02, -0.6, 2.5)),
    "arrays": Columns(np.array([4.93, 6.3, -3]), ["+", ":", "x"], np.array([4.02, -0.6, 2.5])),
}


@pytest.mark.parametrize("form", FORMS)
def test_question_is_answered_in_every_form(
    ask: Ask, server: Server, networks: dict[int, TinyNetwork], form: str
) -> None:
    answer: Predictions = ask(server.url, "predict", FORMS[form])
    assert (answer.model, answer.version) == ("mlp", 2)
    check_answers(list(answer.predictions), networks[2].forward(ROWS))
    assert answer.exact is None
    assert answer.absolute_errors is None


def test_one_text_is_one_expression(ask: Ask, server: Server) -> None:
    answer = ask(server.url, "predict", "1 + 2")
    assert answer.predictions == ask(server.url, "predict", ["1 + 2"]).predictions
    assert len(answer.predictions) == 1


def test_one_sign_stands_for_all(
    ask: Ask, server: Server, networks: dict[int, TinyNetwork]
) -> None:
    columns = Columns(np.arange(5.0), "*", range(5))
    answer = ask(server.url, "predict", columns)
    check_answers(list(answer.predictions), networks[2].forward([(i, "*", i) for i in range(5)]))


def test_exact_values_and_errors_come_where_asked_for(ask: Ask, server: Server) -> None:
    answer = ask(server.url, "predict", [*ROWS, (40.0, "*", 30.0)], exact=True)
    assert answer.exact == (4.93 + 4.02, 6.3 / -0.6, -7.5, 1200.0)
    errors = (abs(x - y) for x, y in zip(answer.predictions, answer.exact, strict=True))
    assert answer.absolute_errors == pytest.approx(list(errors))
    assert answer.out_of_domain == (3,)


@pytest.mark.parametrize(
    ("choice", "version"),
    [
        ({"model": "mlp"}, 2),
        ({"model": "mlp", "version": 1}, 1),
        ({"label": "canary"}, 3),
        ({"model": "arithmetic"}, 1),
    ],
    ids=str,
)
def test_choice_of_model_is_handed_on(
    ask: Ask, server: Server, choice: dict[str, Any], version: int
) -> None:
    for method, question in (("predict", ROWS), ("evaluate", Sample(n=10))):
        answer = ask(server.url, method, question, **choice)
        assert (answer.model, answer.version) == (choice.get("model", "mlp"), version)


def test_answers_cannot_be_changed(ask: Ask, server: Server) -> None:
    answer = ask(server.url, "predict", ROWS)
    with pytest.raises(ValueError, match="frozen"):
        answer.version = 3


def test_evaluation_draws_as_it_is_told(ask: Ask, server: Server) -> None:
    sample = Sample(n=101, operations=["+", "÷"], range=(1, 2), min_divisor=1.5, seed=3)
    answer = ask(server.url, "evaluate", sample)
    assert {symbol: part.n for symbol, part in answer.per_operation.items()} == {"+": 51, "/": 50}
    assert len(answer.worst) == 20
    assert all(1 <= case.a <= 2 and 1 <= case.b <= 2 for case in answer.worst)
    assert all(case.b >= 1.5 for case in answer.worst if case.op == "/")
    assert answer.worst[0].absolute_error == answer.overall.max
    assert answer == ask(server.url, "evaluate", sample)
    assert ask(server.url, "evaluate").overall.n == 10_000


def test_evaluation_takes_labelled_problems(
    ask: Ask, server: Server, networks: dict[int, TinyNetwork]
) -> None:
    expected = np.array([9.0, -10.0, -7.0])
    answer = ask(server.url, "evaluate", Labelled(ROWS, expected))
    errors = np.abs(networks[2].forward(ROWS) - expected)
    assert answer.overall.mae == pytest.approx(errors.mean(), abs=1e-3)
    assert [case.expected for case in answer.worst] == list(expected[np.argsort(-errors)])


def test_models_are_listed(ask: Ask, server: Server, store: Store) -> None:
    arithmetic, mlp = ask(server.url, "models")
    assert arithmetic == ModelSummary(
        model="arithmetic",
        versions=(1,),
        labels={},
        default_version=1,
        serving_version=1,
        serving_digest=store.read_manifest("arithmetic", 1)[1],
    )
    assert mlp.versions == (1, 2, 3)
    assert mlp.labels == {"canary": 3, "stable": 2}
    assert mlp.serving_version == 2


def test_manifest_is_the_one_in_the_store(ask: Ask, server: Server, store: Store) -> None:
    manifest = ask(server.url, "manifest", "mlp", 3)
    assert manifest == store.manifest("mlp", 3)


def test_readiness_names_who_answers(ask: Ask, server: Server) -> None:
    ready = ask(server.url, "ready")
    assert (ready.status, ready.model, ready.version) == ("ready", "mlp", 2)


def test_url_comes_from_the_environment(
    ask: Ask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABUADA_URL", server.url + "/")
    assert ask(None, "ready").model == "mlp"


def test_both_clients_have_the_same_methods() -> None:
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            other = getattr(AsyncClient, name)
            assert inspect.iscoroutinefunction(other)
            assert inspect.signature(other) == inspect.signature(method), name
    assert inspect.signature(AsyncClient) == inspect.signature(Client)


def test_many_rows_are_answered(ask: Ask, server: Server) -> None:
    a = np.linspace(-5, 5, 50_000)
    answer = ask(server.url, "predict", Columns(a, "+", a), exact=True)
    assert answer.exact is not None
    assert np.array_equal(answer.exact, a + a)
    assert all(map(math.isfinite, answer.predictions))
