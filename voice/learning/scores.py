"""The figures of an evaluation: its table, what they must be, and what they were before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.learning.cases import CaseClass
from voice.learning.evaluation import NOT_IN_BASE, Judged

BASELINE = Path(__file__).parent / "baseline.json"
MOST_LOST_POINTS = 2.0
MUSTS = {"recall": 0.85, "refusal": 0.9, "validity": 1.0}
NAMES = {"recall": "recall@5", "refusal": "отказы", "validity": "цитаты", "right": "верно"}


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of 0…1; None where nothing of the kind was asked."""

    cases: int
    recall: float | None
    refusal: float | None
    validity: float
    right: float
    wrong: tuple[str, ...] = ()

    def figures(self) -> dict[str, float | None]:
        return {name: getattr(self, name) for name in NAMES}


def scores_of(judged: Sequence[Judged], *, refusals: bool = False) -> Scores:
    """`refusals`: these questions have no answer, and ought to be told so."""
    found = [one.recall for one in judged if one.recall is not None]
    return Scores(
        cases=len(judged),
        recall=share(found),
        refusal=share([one.is_refused for one in judged if _has_no_answer(one)]) if refusals else None,
        validity=share([not one.dishonest for one in judged]) or 0.0,
        right=share([one.is_right for one in judged]) or 0.0,
        wrong=tuple(one.case.key for one in judged if not one.is_right),
    )


def _has_no_answer(judged: Judged) -> bool:
    """Where a document says whom to ask instead, an answer is as good."""
    return not judged.case.expected.sources


def share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def score(judged: Mapping[str, Sequence[Judged]]) -> tuple[dict[str, Scores], Scores]:
    """By class, and of all together."""
    by_class = {name: scores_of(rows, refusals=name == NOT_IN_BASE) for name, rows in judged.items()}
    every = [one for rows in judged.values() for one in rows]
    total = scores_of(every)
    refusal = by_class[NOT_IN_BASE].refusal if NOT_IN_BASE in by_class else None
    return by_class, Scores(total.cases, total.recall, refusal, total.validity, total.right, total.wrong)


# --- the table


def table(classes: Sequence[CaseClass], by_class: Mapping[str, Scores], total: Scores) -> str:
    """A line a class, then all."""
    width = max(len(one.title) for one in classes)
    head = f"{'класс':<{width}}  {'случаев':>7}" + "".join(f"  {name:>9}" for name in NAMES.values())
    lines = [head, "-" * len(head)]
    lines += [_line(one.title, by_class[one.name], width) for one in classes]
    lines += ["-" * len(head), _line("всего", total, width)]
    return "\n".join(lines)


def _line(title: str, scores: Scores, width: int) -> str:
    shown = "".join(f"  {'—' if value is None else f'{value:.3f}':>9}" for value in scores.figures().values())
    return f"{title:<{width}}  {scores.cases:>7}{shown}"


def unmet(total: Scores) -> list[str]:
    """Which musts do not hold."""
    figures = total.figures()
    return [
        f"{NAMES[name]}: {figures[name]:.3f}, а надо не меньше {least}"
        for name, least in MUSTS.items()
        if figures[name] is not None and figures[name] < least  # type: ignore[operator]
    ]


# --- the baseline


def recorded(by_class: Mapping[str, Scores]) -> dict[str, Any]:
    """What a baseline keeps of a run."""
    return {
        name: {
            "cases": one.cases,
            **{key: value if value is None else round(value, 4) for key, value in one.figures().items()},
            "wrong": sorted(one.wrong),
        }
        for name, one in by_class.items()
    }


def read_baseline(how: str, path: Path = BASELINE) -> dict[str, Any]:
    """The accepted figures of a way of answering («extractive», or a model's name); empty when there are none."""
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")).get(how, {})
    return found


def write_baseline(how: str, by_class: Mapping[str, Scores], path: Path = BASELINE) -> None:
    """Accept these figures, beside those of other ways of answering."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept[how] = recorded(by_class)
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def losses(by_class: Mapping[str, Scores], baseline: Mapping[str, Any]) -> list[str]:
    """Where a class has lost more than two points, and with which cases."""
    found = []
    for name, now in by_class.items():
        then = baseline.get(name)
        if then is None:
            continue
        lost = [
            f"{NAMES[key]} {then[key]:.3f} → {value:.3f}"
            for key, value in now.figures().items()
            if then.get(key) is not None and value is not None and (then[key] - value) * 100 > MOST_LOST_POINTS
        ]
        if lost:
            cases = [case for case in now.wrong if case not in then["wrong"]]
            found.append(f"{name}: {', '.join(lost)}" + "".join(f"\n    {case}" for case in cases))
    return found
