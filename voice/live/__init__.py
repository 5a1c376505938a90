"""Calls that go on now, as the office sees them: what each process tells of its calls, the pages, the buttons."""
