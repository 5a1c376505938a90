"""The pages that sum up: dashboard, analytics, state of the system, about, start."""
