"""How well the assistant answers: `make eval`."""
