"""What the OpenAPI description adds to what FastAPI reads from the routes."""
