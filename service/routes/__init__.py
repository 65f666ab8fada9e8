"""What the service answers at which address: handlers read, call and return."""
