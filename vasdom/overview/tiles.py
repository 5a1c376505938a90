"""Big figures."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tile:
    """One big figure, the rows behind it, and what is missing from it.

    Attributes:
        value: a count, or a share of 0–1 when `is_share`; None = no data.
        unknown: how many houses lack the number; they are not in the sum.
        is_bad: a figure that should be zero and is not.
    """

    title: str
    icon: str
    value: float | int | None
    link: str
    note: str = ""
    unknown: int = 0
    unknown_link: str = ""
    is_share: bool = False
    is_bad: bool = False

    def without_value(self) -> Tile:
        """The tile of a figure nobody has read yet: «нет данных», with nothing to open."""
        return replace(self, value=None, link="", note="", unknown=0, unknown_link="", is_bad=False)
