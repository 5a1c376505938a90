"""Photos for the demo, drawn: a landing with stairs, a door and a window, and a date."""

from __future__ import annotations

import io
import random
from datetime import date

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 960, 720
WALLS = ("#dfe7d8", "#e8e0d0", "#d8e2ea", "#ece4e4", "#e3e0ee")
FLOOR = "#b9b2a6"
DOORS = ("#7b5b45", "#5d6d7e", "#6e4a3a")


def draw_stairwell(day: date, seed: int) -> bytes:
    """A JPEG of 960×720 px; the same arguments always draw the same picture."""
    dice = random.Random(seed)
    picture = Image.new("RGB", (WIDTH, HEIGHT), dice.choice(WALLS))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, HEIGHT * 0.72, WIDTH, HEIGHT), fill=FLOOR)
    pen.rectangle((0, HEIGHT * 0.45, WIDTH, HEIGHT * 0.72), fill=dice.choice(("#9db4a0", "#a9b7c6", "#c2b59b")))
    _draw_tiles(pen)
    _draw_window(pen)
    _draw_door(pen, dice)
    _draw_stairs(pen)
    _write_caption(pen, day)
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=82)
    return stored.getvalue()


def _draw_tiles(pen: ImageDraw.ImageDraw) -> None:
    top = int(HEIGHT * 0.72)
    for step in range(-4, 17):
        pen.line((WIDTH / 2 + (step - 6) * 60, top, WIDTH / 2 + (step - 6) * 160, HEIGHT), fill="#a39b8d", width=2)
    for row in range(5):
        height = top + row * row * 9
        pen.line((0, height, WIDTH, height), fill="#a39b8d", width=2)


def _draw_window(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((390, 90, 590, 300), fill="#cfe8f7", outline="white", width=10)
    pen.line((490, 95, 490, 295), fill="white", width=8)
    pen.polygon([(405, 200), (440, 105), (460, 105), (425, 200)], fill="#e6f5fd")


def _draw_door(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    left = dice.choice((80, 120, 150))
    pen.rectangle((left, 180, left + 170, 530), fill=dice.choice(DOORS), outline="#443127", width=5)
    pen.ellipse((left + 138, 350, left + 154, 366), fill="#d8c27a")
    pen.text((left + 70, 200), str(dice.randint(1, 144)), fill="#f0e4c0", font=ImageFont.load_default(30))


def _draw_stairs(pen: ImageDraw.ImageDraw) -> None:
    for step in range(8):
        left, top = 640 + step * 40, 490 - step * 42
        pen.rectangle((left, top, WIDTH, top + 42), fill="#cfc8bb", outline="#948c7e", width=2)
    pen.line((630, 400, 940, 75), fill="#5a4636", width=12)
    for step in range(7):
        across = 660 + step * 40
        pen.line((across, 400 - (across - 630) * 325 / 310, across, 490 - step * 42), fill="#4a4a4a", width=5)


def _write_caption(pen: ImageDraw.ImageDraw, day: date) -> None:
    """Digits and Latin letters only: Pillow's own font has no Cyrillic, and a machine may have no other."""
    pen.rectangle((0, HEIGHT - 64, WIDTH, HEIGHT), fill="#22303c")
    pen.text((24, HEIGHT - 50), f"DEMO  {day:%d.%m.%Y}", fill="white", font=ImageFont.load_default(28))
