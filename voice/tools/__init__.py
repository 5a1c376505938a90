"""What the assistant may do besides quoting documents: each tool is a call of another app's action or query."""
