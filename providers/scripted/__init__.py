"""A language model and an embedding model that do what they are told: for tests and demonstrations."""
