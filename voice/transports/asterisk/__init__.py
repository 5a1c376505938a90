"""Calls of an Asterisk, over ARI."""
