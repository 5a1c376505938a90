"""The evaluation set as data, and how answers are judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from vasdom.errors import InvalidInput
from voice.events import Citation, End, Outcome
from voice.learning import cases, scores
from voice.learning.asking import Answer
from voice.learning.evaluation import Judged
from voice.learning.expectations import Expected, Source
from voice.learning.world import DOCUMENTS


def test_the_set_is_two_hundred_questions_in_ten_classes() -> None:
    classes = cases.load()

    assert len(classes) == 10
    assert sum(len(one.cases) for one in classes) >= 200
    assert all(len(one.cases) >= 20 for one in classes)


def test_no_question_is_asked_twice() -> None:
    keys = [(case.key, case.person) for one in cases.load() for case in one.cases]

    assert len(keys) == len(set(keys))


def test_every_case_expects_something() -> None:
    for one in cases.load():
        for case in one.cases:
            assert case.expected != Expected() or case.tasks is not None, case.key


def test_every_cited_place_stands_in_its_document() -> None:
    headings = {text.title: text.path.read_text(encoding="utf-8") for text in DOCUMENTS.values()}
    for one in cases.load():
        for case in one.cases:
            for place in (place for choice in case.expected.sources for place in choice):
                lines = headings[place.document].splitlines()
                titles = [line.lstrip("# ") for line in lines if line.startswith("#")]
                assert any(title.startswith(place.heading) for title in titles), (case.key, place.heading)


@pytest.mark.parametrize("line", ['{ask = "а", sais = ["б"]}', '{ask = "а", as = "директор"}'])
def test_a_misspelt_line_is_named(tmp_path: Path, line: str) -> None:
    for name in cases.CLASSES:
        (tmp_path / f"{name}.toml").write_text(f'title = "т"\ncase = [{line}]', encoding="utf-8")

    with pytest.raises(InvalidInput, match="«а»"):
        cases.load(tmp_path)


# --- judging


def answered(text: str, *, outcome: Outcome = Outcome.ANSWERED, heading: str = "") -> Answer:
    cited = (Citation("Прайс", f"Работы › {heading}", text, "general"),) if heading else ()
    return Answer(text, cited, End("general", 1, outcome, text))


@pytest.mark.parametrize(
    ("expected", "answer", "fault"),
    [
        (Expected(words=(("450 руб", "450 ₽"),)), answered("Окно — 450\u00a0рублей."), ""),
        (Expected(words=(("щётка",),)), answered("Щетка и ведро."), ""),
        (Expected(words=(("500",),)), answered("Окно — 450 рублей."), "не сказано «500»"),
        (Expected(never=("руб",)), answered("Окно — 450 рублей."), "сказано «руб»"),
        (Expected(sources=((Source("Прайс", "Окна"),),)), answered("450", heading="Окна и рамы"), ""),
        (Expected(sources=((Source("Прайс", "Двери"),),)), answered("450", heading="Окна"), "не процитировано"),
        (Expected(sources=((Source("", "Двери"), Source("", "Окна")),)), answered("450", heading="Окна"), ""),
        (Expected(outcomes=(Outcome.UNKNOWN,)), answered("Да."), "итог «ответ» вместо «не знает»"),
        (Expected(tools=("totals",)), answered("Да."), "инструмент «нет» вместо «totals»"),
        (Expected(sentences=1), answered("Да. Моем."), "предложений 2"),
        (Expected(characters=5), answered("Ответ из базы знаний: 450."), ""),
        (Expected(characters=5), answered("Четыреста пятьдесят."), "знаков 20"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_words(expected: Expected, answer: Answer, fault: str) -> None:
    faults = expected.faults(answer)

    assert len(faults) == bool(fault)
    assert fault in "".join(faults)


# --- the baseline


def judged(kind: str, *right: bool) -> list[Judged]:
    one = next(each for each in cases.load() if each.name == kind)
    return [
        Judged(case, answered("Да."), 1.0, () if is_right else ("плохо",), ())
        for case, is_right in zip(one.cases, right, strict=False)
    ]


def test_a_class_that_loses_more_than_two_points_is_named_with_its_new_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    before, _ = scores.score({"simple": judged("simple", True, True, False)})
    scores.write_baseline("extractive", before, path)
    now, _ = scores.score({"simple": judged("simple", True, False, False)})

    (lost,) = scores.losses(now, scores.read_baseline("extractive", path))

    mine = judged("simple", True, False, False)
    assert "верно 0.667 → 0.333" in lost
    assert mine[1].case.key in lost
    assert mine[2].case.key not in lost
    assert scores.losses(before, scores.read_baseline("extractive", path)) == []
    assert scores.losses(now, scores.read_baseline("gpt-4o-mini", path)) == []


def test_the_committed_baseline_meets_the_musts() -> None:
    baseline = scores.read_baseline("extractive")

    assert set(baseline) == set(cases.CLASSES)
    assert baseline["not_in_base"]["refusal"] >= scores.MUSTS["refusal"]
    assert all(one["validity"] == 1.0 for one in baseline.values())
