"""The CRM's address field."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

IMPLAUSIBLE = "implausible_location"
ABSENT = "no_location"

# The box round the Russian Federation; east of the 180th meridian longitudes go on from -180.
_LATITUDES = (41.18, 81.86)
_LONGITUDES = ((19.63, 180.0), (-180.0, -168.97))
# Neighbours inside that box are told by the country the address itself names.
_OTHER_COUNTRIES = re.compile(
    r"\b(казахстан|белару[сc]ь|белоруссия|украина|грузия|армения|азербайджан|узбекистан|киргизия|кыргызстан"
    r"|таджикистан|туркменистан|туркмения|монголия|китай|латвия|литва|эстония|финляндия|норвегия|польша|молдова"
    r"|молдавия|япония|сша|германия)\b"
)
_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
_PAIR = re.compile(rf"^\(?\s*({_NUMBER})\s*(?:;|,\s|\s)\s*({_NUMBER})\s*\)?$")
_CSV_TAIL = re.compile(r"\s*\(([\d\s.,;+-]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class CrmAddress:
    """What the CRM's address field says.

    `problem` is "implausible_location" for coordinates that cannot be ours (they are withheld, so that no map shows
    them), "no_location" for none at all, else empty. `coordinates` is their text as written, for a person to look at.
    """

    text: str
    latitude: float | None
    longitude: float | None
    problem: str
    coordinates: str = ""


def parse_crm_address(raw: Any) -> CrmAddress:
    """Read the CRM's «text|lat;lng|id», or «text (lat, lng)» of its exports; anything odd has no coordinates."""
    text, _, rest = (str(raw).replace("\x00", "") if raw else "").partition("|")
    coordinates = rest.partition("|")[0]
    if not rest and (tail := _CSV_TAIL.search(text)):
        text, coordinates = text[: tail.start()], tail[1]
    text, coordinates = " ".join(text.split()), coordinates.strip()
    point = _point(coordinates)
    if point is None:
        blank = not re.search(r"\d", coordinates)
        return CrmAddress(text, None, None, ABSENT if blank else IMPLAUSIBLE, "" if blank else coordinates)
    if point == (0.0, 0.0):
        return CrmAddress(text, None, None, ABSENT)
    if not _in_russia(*point) or names_other_country(text):
        return CrmAddress(text, None, None, IMPLAUSIBLE, coordinates)
    return CrmAddress(text, *point, "")


def _point(text: str) -> tuple[float, float] | None:
    pair = _PAIR.match(text)
    if not pair:
        return None
    latitude, longitude = (float(part.replace(",", ".")) for part in pair.groups())
    return (latitude, longitude) if math.isfinite(latitude) and math.isfinite(longitude) else None


def _in_russia(latitude: float, longitude: float) -> bool:
    return _LATITUDES[0] <= latitude <= _LATITUDES[1] and any(low <= longitude <= high for low, high in _LONGITUDES)


def names_other_country(text: str) -> bool:
    """Does the address name a country other than Russia? Geocoders send «Свободы, 36» to Kazakhstan."""
    lowered = text.lower()
    return "росси" not in lowered and bool(_OTHER_COUNTRIES.search(lowered))
