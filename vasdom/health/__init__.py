"""Is the product well: each part's state, since when, and in Russian why not.

`components()` never asks an outside service: a job does that and leaves the answer in Valkey (`vasdom.jobs`).
"""

from vasdom.health.report import components, report
from vasdom.health.states import Component, Health, State

__all__ = ["Component", "Health", "State", "components", "report"]
