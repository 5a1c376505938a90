"""From a question to a tool, by rules alone: what is asked of houses, schedules and people needs no model.

The rules are a table: the first row that fits wins. A row that fits nothing leaves the question to the knowledge bases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from houses.numerals import CARDINALS, ORDINALS
from voice.access import Caller
from voice.tools.figures import MISSED
from voice.tools.places import Place, find_place
from voice.tools.reading import Read, fold
from voice.tools.spec import Asked, Slots
from voice.tools.vocabulary import (
    ABOUT_HOUSE,
    ARCHIVED,
    BY_BRIGADE,
    CALL_BACK,
    CLEANING,
    COMPANY,
    COMPLAINT,
    CONCERNED,
    CONTACT,
    COUNT,
    DAY_PLAN,
    ELDER,
    GENERAL,
    HOW_TO,
    HOW_TO_REACH,
    HUMAN,
    MAY_WE,
    MEASURES,
    NAMES,
    NOT_DONE,
    NOTED_ALREADY,
    OF_COMPLAINTS,
    OFTEN,
    OURS,
    PHONES_OF,
    PLAN,
    PRICE,
    REQUEST,
    SCHEDULE_WORD,
    SERVED,
    STATES,
    THERE,
    TIME,
    WHICH_COMPANY,
    WHO_CLEANS,
    WORKING,
    WORKS_OF_KNOWLEDGE,
)

MOST_WORDS_OF_ADDRESS = 6
HAS_NUMBER = re.compile(rf"\d|\b(?:{'|'.join((*CARDINALS, *ORDINALS))})\b")
ONE_CLEANING = re.compile(r"\bуборка\b")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the rules see it."""

    read: Read
    caller: Caller
    place: Place
    remembered: int | None

    def has(self, pattern: re.Pattern[str]) -> bool:
        return pattern.search(self.read.folded) is not None

    @property
    def names_house(self) -> bool:
        """An address of ours, or one that looks like an address."""
        return bool(self.place)

    @property
    def about_house(self) -> bool:
        """The house is named, or one is spoken of."""
        return self.names_house or (self.remembered is not None and (self.has(THERE) or self.has(OURS)))

    def slots(self, **more: object) -> Slots:
        read = self.read
        values: dict[str, object] = {
            "address": read.address,
            "house": self.place.house.pk if self.place.house else None if self.names_house else self.remembered,
            "when": read.when,
            "past": read.past,
            "doubt": read.doubt,
            "brigade": read.brigade,
            "company": read.company,
            "stage": read.stage,
            "words": read.text,
            "phone": read.phone,
        }
        return Slots(**(values | more))  # type: ignore[arg-type]


Rule = Callable[[Question], Asked | None]


def understand(read: Read, caller: Caller, remembered: int | None = None) -> Asked | None:
    """The tool a question asks for; None leaves it to the knowledge bases.

    Args:
        remembered: the house that was spoken of before.
    """
    if not may_concern_tools(read.folded):
        return None
    question = Question(read, caller, find_place(read.address, caller), remembered)
    return next((asked for rule in RULES if (asked := rule(question))), None)


def bare_address(read: Read, caller: Caller) -> Asked | None:
    """«Московская площадь, 62»: an address and nothing else is asked about as a house."""
    if len(read.folded.split()) > MOST_WORDS_OF_ADDRESS or not HAS_NUMBER.search(fold(read.address)):
        return None
    place = find_place(read.address, caller)
    if place.house is None:
        return None
    return Asked("house_by_address", Slots(address=read.address, house=place.house.pk, words=read.text))


def may_concern_tools(folded: str) -> bool:
    """Without any of the tools' words a question costs no look at the houses."""
    return any(pattern.search(folded) for pattern in CONCERNED)


def is_human_wanted(folded: str) -> bool:
    """«Соедините с человеком»; «как связаться с менеджерами?» asks for a phone, which documents may have."""
    return HUMAN.search(folded) is not None and CALL_BACK.search(folded) is None and HOW_TO_REACH.search(folded) is None


# --- the rows of the table


def _call_back(q: Question) -> Asked | None:
    if not q.has(CALL_BACK) or (q.has(HOW_TO) and not q.read.phone):
        return None
    return Asked("call_back", q.slots())


def _complaint(q: Question) -> Asked | None:
    if (q.has(HOW_TO) or _asks_of_complaints(q)) and not q.names_house:
        return None
    if q.has(COMPLAINT) and not (q.caller.is_office and (q.has(COUNT) or q.has(NAMES))):
        return Asked("register_complaint", q.slots())
    return None


def _asks_of_complaints(q: Question) -> bool:
    """«Что делают после жалобы?», «премия за месяц без жалоб»: the word is there, and nobody complains."""
    rest = OF_COMPLAINTS.sub(" ", q.read.folded)
    return rest != q.read.folded and COMPLAINT.search(rest) is None


def _request(q: Question) -> Asked | None:
    if not q.has(REQUEST) or q.has(NOTED_ALREADY) or ((q.has(HOW_TO) or q.has(MAY_WE)) and not q.names_house):
        return None  # «можете ли вы помыть окна?» asks what we do
    return Asked("register_request", q.slots())


def _not_done(q: Question) -> Asked | None:
    """«Не было уборки 9 числа»: first what the reports say; only then a complaint."""
    if not q.has(NOT_DONE):
        return None
    if q.caller.is_staff and not q.names_house and (q.has(NAMES) or q.has(COUNT)):
        when = q.read.when
        state = MISSED if when is not None and when.end < timezone.localdate() else "planned"
        return Asked("totals", q.slots(house=None, measure="visits", state=state, names=q.has(NAMES)))
    if q.names_house or q.read.when or q.remembered is not None:
        return Asked("past_visits", q.slots(doubt=True, past=True))
    return None if q.has(HOW_TO) else Asked("register_complaint", q.slots())


def _elder(q: Question) -> Asked | None:
    if not q.has(ELDER) or not (q.has(CONTACT) or q.names_house):
        return None
    if not (q.about_house or q.caller.is_staff or q.has(PHONES_OF)):
        return None
    return Asked("elder_contact", q.slots())


def _company(q: Question) -> Asked | None:
    if not q.caller.is_office or not q.has(COMPANY) or not q.has(CONTACT) or q.has(WHICH_COMPANY) or q.has(COUNT):
        return None
    return Asked("company_contact", q.slots())


def _of_house(q: Question) -> Asked | None:
    """One fact of one house."""
    if not q.about_house:
        return None
    if q.caller.is_staff:
        if q.has(WHO_CLEANS):
            return Asked("house_by_address", q.slots(detail="brigade"))
        if q.has(WHICH_COMPANY):
            return Asked("house_by_address", q.slots(detail="company"))
        if q.has(COUNT) and any(q.has(pattern) for name, pattern in MEASURES[:3]) and not q.has(OFTEN):
            return Asked("house_by_address", q.slots(detail="size"))
    if q.has(OFTEN) and q.read.when is None:
        return Asked("house_by_address", q.slots(detail="periodicity"))
    if q.has(GENERAL):
        return Asked("house_by_address", q.slots(detail="general"))
    if q.names_house and q.has(SERVED):
        return Asked("house_by_address", q.slots(detail="service"))
    return Asked("house_by_address", q.slots()) if q.names_house and q.has(ABOUT_HOUSE) else None


def _plan(q: Question) -> Asked | None:
    if not q.caller.is_staff or q.names_house or q.has(COUNT):
        return None
    if q.has(BY_BRIGADE):
        return Asked("totals", q.slots(house=None, measure="houses", detail="by_brigade"))
    if q.caller.is_office and q.has(DAY_PLAN) and q.read.when is not None:
        return Asked("brigade_plan", q.slots(house=None))
    if q.read.when is None and _measured(q, "houses") and q.read.brigade:
        return None  # «какие дома у третьей бригады»: the list of its houses
    own = q.caller.is_brigade and (q.has(PLAN) or (q.has(OURS) and q.read.when is not None))
    named = bool(q.read.brigade) and (q.has(PLAN) or (q.read.when is not None and not _measured(q, "houses")))
    week = q.caller.is_office and q.has(CLEANING) and q.has(TIME) and q.read.when is not None and not q.has(NAMES)
    if q.remembered is not None and ONE_CLEANING.search(q.read.folded):  # «была ли уборка девятого?» of that house
        week = False
    if own or named or week or q.has(WORKING):
        return Asked("brigade_plan", q.slots(house=None))
    return None


def _totals(q: Question) -> Asked | None:
    if not q.caller.is_staff or q.names_house or q.has(OFTEN) or q.has(PRICE):
        return None  # «сколько стоит уборка» asks for no count
    state = next((name for name, pattern in STATES if q.has(pattern)), "")
    names = q.has(NAMES)
    if not (q.has(COUNT) or names or (state == MISSED and q.has(CLEANING))):
        return None
    measure = _measure(q) or ("visits" if state else "")
    if not measure:
        return None
    if measure not in {"visits", "tasks"} and state:
        measure = "visits"
    state = state if measure == "visits" else ""
    detail = "by_brigade" if q.has(BY_BRIGADE) else "archived" if q.has(ARCHIVED) else ""
    names = names and not q.has(COUNT)
    return Asked("totals", q.slots(house=None, measure=measure, state=state, names=names, detail=detail))


def _measure(q: Question) -> str:
    """What is counted: of several words the first said."""
    found = [(match.start(), name) for name, pattern in MEASURES if (match := pattern.search(q.read.folded))]
    return min(found)[1] if found else ""


def _measured(q: Question, measure: str) -> bool:
    return _measure(q) == measure and q.has(NAMES)


def _visits(q: Question) -> Asked | None:
    """The schedule of a house; «и когда следующая?» once one is spoken of."""
    short = q.remembered is not None and len(q.read.folded.split()) <= 4
    if not q.has(CLEANING) and not ((q.about_house or short) and q.has(TIME)):
        return None
    if q.has(WORKS_OF_KNOWLEDGE) and not q.names_house:
        return None
    if q.has(WHO_CLEANS) and not q.names_house and not q.caller.is_staff:
        return None  # «а кто придёт?» is no question of the day
    timed = q.has(TIME) or q.read.when is not None or q.read.past
    spoken_of = q.names_house or q.has(OURS) or (q.remembered is not None and timed and not q.has(OFTEN))
    if not spoken_of and not (q.has(TIME) and not q.has(OFTEN) and _is_of_a_house(q)):
        return None
    tool = "past_visits" if q.read.past and not _is_ahead(q) else "next_visits"
    return Asked(tool, q.slots())


def _is_of_a_house(q: Question) -> bool:
    """«Когда уборка?», «Была ли уборка девятого?»: short, and about no work that documents describe."""
    return len(q.read.folded.split()) <= 7 and (q.read.when is not None or q.has(SCHEDULE_WORD))


def _is_ahead(q: Question) -> bool:
    return q.read.when is not None and re.search(r"\b(?:будет|будут)\b", q.read.folded) is not None


RULES: tuple[Rule, ...] = (
    _call_back, _elder, _company, _not_done, _request, _complaint, _of_house, _plan, _totals, _visits,
)  # fmt: skip
