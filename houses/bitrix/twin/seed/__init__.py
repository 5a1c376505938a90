"""What the twin's portal holds at the start: 23 real houses and as many invented ones as asked for."""

from __future__ import annotations

from datetime import date

from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.seed.catalog import make_categories, make_stages
from houses.bitrix.twin.seed.companies import make_companies
from houses.bitrix.twin.seed.contacts import ContactBook
from houses.bitrix.twin.seed.houses import HouseMaker
from houses.bitrix.twin.seed.months import MonthFields
from houses.bitrix.twin.seed.passport import make_passport_fields
from houses.bitrix.twin.seed.real_houses import REAL_HOUSES, make_real_house
from houses.bitrix.twin.seed.users import make_users

__all__ = ["seed_portal"]


def seed_portal(houses: int, seed: int, today: date) -> Portal:
    """A portal of so many houses in funnel 34 (the real ones first), the same for the same arguments."""
    portal = Portal()
    portal.stages = make_stages()
    portal.categories = make_categories()
    portal.users = {user.id: user for user in make_users()}
    portal.companies = {company.id: company for company in make_companies(today)}
    months = MonthFields(today)
    portal.userfields = {field.name: field for field in [*make_passport_fields(), *months.userfields()]}
    contacts = ContactBook(seed, today)
    for house in REAL_HOUSES[:houses]:
        deal = make_real_house(house, months, contacts, today)
        portal.deals[deal.id] = deal
    maker = HouseMaker(seed, today, months, contacts)
    for deal in maker.make(max(0, houses - len(REAL_HOUSES))):
        portal.deals[deal.id] = deal
    portal.contacts = contacts.contacts
    return portal
