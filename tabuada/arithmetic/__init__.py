"""What can be asked and what is right: operations, domains, problems, expressions, features."""
