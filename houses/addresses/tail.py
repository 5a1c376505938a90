"""What follows the digits of a house number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from houses.addresses.numbers import HouseNumber
from houses.addresses.tokens import Token
from houses.addresses.words import BLOCK_MARKS, BUILDING_MARKS, FRACTION_MARKS, LETTER_MARKS, SPOKEN_LETTERS

_LETTERS = frozenset("абвгдежзиклмнопрстуфхцчшщэюя")
# Single letters that are words of their own: «5 в Калуге», «11 а когда уборка».
_SMALL_WORDS = frozenset("авиоксу")


@dataclass(slots=True)
class Tail:
    """What follows the digits of a house number: letter, fraction, block, building."""

    tokens: list[Token]
    index: int
    number: HouseNumber
    alternatives: tuple[HouseNumber, ...] = ()

    def run(self) -> None:
        while self._fraction() or self._marked() or self._letter():
            pass

    def _at(self, index: int) -> Token | None:
        return self.tokens[index] if index < len(self.tokens) else None

    def _text(self, index: int) -> str:
        token = self._at(index)
        return token.text if token else ""

    def _number_at(self, index: int) -> str:
        """A short number, with a letter glued to it."""
        token = self._at(index)
        if token is None or token.number is None or len(token.text) > 4:
            return ""
        following = self._at(index + 1)
        letter = following.text if following and following.glued and following.text in _LETTERS else ""
        return f"{token.number}{letter}"

    def _fraction(self) -> bool:
        if self.number.slash or self._text(self.index) not in FRACTION_MARKS:
            return False
        part = self._number_at(self.index + 1)
        if part:
            self.number = replace(self.number, slash=part)
            self.index += 2 + part[-1].isalpha()
            return True
        if self._text(self.index + 1) in _LETTERS and not self.number.letter:
            self.number = replace(self.number, letter=self._text(self.index + 1))
            self.index += 2
            return True
        return False

    def _marked(self) -> bool:
        """«к2», «корпус 2», «, корп. А», «стр. 1», «литера Б»."""
        mark = self._skip(self.index)
        name = self._text(mark)
        value_at = self._skip(mark + 1)
        value = self._number_at(value_at) or (self._letter_at(value_at) if len(name) > 1 else "")
        if not value:
            return False
        taken = value_at + 1 + (len(value) > 1 and value[-1].isalpha())
        if name in BLOCK_MARKS and not self.number.block:
            self.number = replace(self.number, block=value)
        elif (name in BUILDING_MARKS or (name == "с" and value[0].isdecimal())) and not self.number.building:
            self.number = replace(self.number, building=value)
        elif name in LETTER_MARKS and not self.number.letter and value.isalpha():
            self.number = replace(self.number, letter=value)
        else:
            return False
        self.index = taken
        return True

    def _letter_at(self, index: int) -> str:
        text = self._text(index)
        return SPOKEN_LETTERS.get(text, text if text in _LETTERS else "")

    def _skip(self, index: int) -> int:
        while self._text(index) in {",", ".", "-"}:
            index += 1
        return index

    def _letter(self) -> bool:
        if self.number.letter or self.number.block or self.number.slash:
            return False
        at = self.index + (self._text(self.index) == "-" and self._text(self.index + 1) in _LETTERS)
        letter = self._letter_at(at)
        token, following = self._at(at), self._at(self._skip(at + 1))
        if not letter or token is None or (letter in "п" and following is not None):
            return False
        apart = at == self.index and not token.glued
        if apart and letter in {"д", "г", "п", "с", "к"} and following is not None:
            return False  # «5 г Калуга», «5 д Канищево»
        if apart and letter in _SMALL_WORDS and following is not None and following.is_word:
            self.alternatives = (self.number,)
        self.number = replace(self.number, letter=letter)
        self.index = at + 1
        return True
