"""Cleaning types are told by the CRM's text."""

from __future__ import annotations

import pytest

from houses.cleaning import CleaningType, classify

T1 = "Влажная уборка лестничных площадок всех этажей и лифта (при наличии); Профилактическая дезинфекция МОП;"
T2 = (
    "Подметание лестничных площадок и маршей всех этажей, влажная уборка 1 этажа и лифта (при наличии); "
    "Профилактическая дезинфекция МОП;"
)
T3 = "Влажная уборка 1 этажа и лифта (при наличии); Профилактическая дезинфекция МОП;"


@pytest.mark.parametrize(("text", "kind"), [(T1, CleaningType.T1), (T2, CleaningType.T2), (T3, CleaningType.T3)])
def test_the_three_official_texts_are_told_apart(text: str, kind: CleaningType) -> None:
    assert classify(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ПОДМЕТАНИЕ ВСЕХ ЭТАЖЕЙ", CleaningType.T2),
        ("подмётание маршей, влажная уборка 1 этажа", CleaningType.T2),
        ("  влажная уборка\n всех   этажей ", CleaningType.T1),
        ("влажная уборка 1\u00a0этажа", CleaningType.T3),
    ],
)
def test_case_spaces_and_the_letter_yo_do_not_matter(text: str, kind: CleaningType) -> None:
    assert classify(text) == kind


@pytest.mark.parametrize("text", ["", "Генеральная уборка", "2468", "Влажная уборка 11 этажа", "Мытье окон", "😀"])
def test_any_other_text_is_no_type(text: str) -> None:
    assert classify(text) is None
