"""A language model, an embedding model, ears and a voice that do what they are told: for tests."""
