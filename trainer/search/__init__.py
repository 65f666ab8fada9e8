"""The search of hyperparameters: what proposes trials, and what runs them."""
