"""A house number, and when two of them may mean the same house."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """«9 к2» is digits 9, block 2; «11А» digits 11, letter а; «12/7» digits 12, slash 7; «5 стр 1» building 1."""

    digits: int
    letter: str = ""
    slash: str = ""
    block: str = ""
    building: str = ""

    @property
    def key(self) -> str:
        """A text that sorts by number: «0009к0002» comes before «0010»."""
        parts = [f"{self.digits:04}{self.letter}"]
        parts += [
            mark + _padded(part) for mark, part in (("/", self.slash), ("к", self.block), ("с", self.building)) if part
        ]
        return "".join(parts)

    @property
    def bare(self) -> bool:
        return not (self.letter or self.slash or self.block or self.building)

    def match(self, house: HouseNumber) -> int | None:
        """How well a house answers to this asked number.

        Returns:
            0 the same; 1 the same but for the sign («9/2» for «9 к2»); 2 the house has a letter or block that was not
            asked for; None another house.
        """
        if self == house:
            return 0
        if self.digits != house.digits:
            return None
        if self._unsigned() == house._unsigned():
            return 1
        if self.bare:
            return 2
        asked_letter_only = not (self.slash or self.block or self.building)
        return 2 if asked_letter_only and self.letter == house.letter else None

    def _unsigned(self) -> HouseNumber:
        """«9/2» and «9 к2» alike; both signs at once stay as they are."""
        return self if self.slash and self.block else replace(self, slash="", block=self.block or self.slash)


def _padded(part: str) -> str:
    digits = part.rstrip("абвгдежзиклмнопрстуфхцчшщэюя")
    return f"{int(digits):04}{part[len(digits) :]}" if digits else part
