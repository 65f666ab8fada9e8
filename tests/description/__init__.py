"""The OpenAPI description: true, readable, and of use to the programs that read it."""
