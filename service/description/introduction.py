"""What the OpenAPI description says before it comes to single requests."""

INTRODUCTION = """Neural networks that learned arithmetic from examples, and answer problems.

**Where to start.** Send `{"expressions": ["4.93 + 4.02"]}` to `POST /predict`. The networks are
called `arithmetic` and `mlp` where nobody has added others: `GET /models` lists them with their
versions. People who would rather not send requests find [a page](./) with the same networks, to
calculate, to practise and to explore what they learned. `POST /evaluate` measures how far a network
is off.

**Two ways to ask.** `/predict` is this service's own and the simpler one. Below `/v2` the service
speaks the Open Inference Protocol, which Triton and KServe speak as well: take it if you have a
client for these. Versions are strings there, and whole numbers everywhere else.

**Errors** have the body `{"error": {"code", "message", "field"}}`: `code` for programs, `message`
for people, and `field`, the place at fault, absent where it is the whole request. Below `/v2` it is
the one that the Open Inference Protocol prescribes, `{"error": message}`."""

TAGS = [
    {"name": "predict", "description": "Problems in, answers out."},
    {"name": "evaluate", "description": "How far the answers are off."},
    {"name": "models", "description": "What there is to ask, and how it came to be."},
    {"name": "health", "description": "For whoever keeps the service running."},
    {
        "name": "open inference protocol",
        "description": "The same networks, for clients that speak this protocol.",
    },
    {"name": "metrics", "description": "What the service counts."},
    {"name": "admin", "description": "For administrators, who have keys of their own."},
]
