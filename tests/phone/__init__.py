"""Real calls through a real Asterisk."""
