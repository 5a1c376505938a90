"""Answers without any model or key: the best sentences of the passages found, marked as such."""
