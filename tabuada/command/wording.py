"""What the command says, in English and in Portuguese."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """What the command says in one language; what libraries and the service say stays English.

    Attributes:
        decimal: Decimal sign.
        description: What the command does.
        epilog: Its exit codes, and what it reads from the environment.
        expressions: Help for the expressions.
        url: Help for `--url`.
        model: Help for `--model`.
        json: Help for `--json`.
        timeout: Help for `--timeout`.
        expression: Heading of what was asked.
        exact: Heading of the exact values.
        off_by: Heading of the errors.
        outside: What the mark after an answer means.
        read_as: Said of an expression that may have been meant otherwise than it was read.
        error: What begins a line that tells of an error.
        no_model: Said where the service has no model.
        needs_httpx: Said where the client's library is missing.
    """

    decimal: str
    description: str
    epilog: str
    expressions: str
    url: str
    model: str
    json: str
    timeout: str
    expression: str
    exact: str
    off_by: str
    outside: str
    read_as: str
    error: str
    no_model: str
    needs_httpx: str


ENGLISH = Wording(
    decimal=".",
    description="Ask a running service; see the answer of each network beside the exact one.",
    epilog="An API key is read from TABUADA_API_KEY. "
    "Exit codes: 0 answered, 1 refused or no answer, 2 bad usage.",
    expressions="such as '4.93 + 4.02' or '6,3 ÷ -0,6'",
    url="where the service is; TABUADA_URL, else http://localhost:8000, where not given",
    model="a model to ask, also several times; every model where not given",
    json="answer in JSON",
    timeout="seconds for each answer, 30 where not given",
    expression="expression",
    exact="exact",
    off_by="error",
    outside="* outside what this network was trained on",
    read_as="{expression} was read as {problem}. Write thousands without a separator",
    error="error",
    no_model="expected a service with models. Received: one without. Publish one: `make train`",
    needs_httpx="expected httpx. Received: an installation without it. Run: {command}",
)

PORTUGUESE = Wording(
    decimal=",",
    description="Pergunta a um serviço em execução; mostra a resposta de cada rede ao lado da "
    "exata.",
    epilog="A chave de API é lida de TABUADA_API_KEY. "
    "Códigos de saída: 0 respondido, 1 recusado ou sem resposta, 2 uso incorreto.",
    expressions="como '4,93 + 4,02' ou '6,3 ÷ -0,6'",
    url="onde está o serviço; sem isso TABUADA_URL, ou http://localhost:8000",
    model="um modelo a consultar, também várias vezes; sem isso, todos",
    json="responde em JSON",
    timeout="segundos para cada resposta; sem isso, 30",
    expression="expressão",
    exact="exato",
    off_by="erro",
    outside="* fora do que esta rede viu no treino",
    read_as="{expression} foi lido como {problem}. Escreva milhares sem separador",
    error="erro",
    no_model="esperava um serviço com modelos. Recebido: um sem nenhum. Publique um: `make train`",
    needs_httpx="esperava httpx. Recebido: uma instalação sem ele. Execute: {command}",
)


def choose_wording(environment: Mapping[str, str]) -> Wording:
    """Return the wording of the language that a locale names, English where there is none other.

    Args:
        environment: Where POSIX has the locale of messages: the first of `LC_ALL`,
            `LC_MESSAGES` and `LANG` that is not empty.
    """
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "")
    language = locale.lower().replace("-", "_").split(".")[0].split("_")[0]
    return PORTUGUESE if language == "pt" else ENGLISH
