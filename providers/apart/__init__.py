"""A language model whose requests are made by another process of ours.

What a model's stream costs in Python (its library, HTTP, events) is half of what a whole answer costs, and in a process
that sends fifty callers a frame every 20 ms it is what the others wait for. The other process has an interpreter of
its own. The two speak over a socket pair that nobody else can open (`frames.py`); `model.py` and `helper.py` are on our
side, `writer.py` is the other process's whole program.

Why, and what was measured: docs/adr/0007.
"""
