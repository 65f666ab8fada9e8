"""What requests and answers look like, for clients and the OpenAPI description."""
