"""The deal card a person sees at `/crm/deal/details/ID/`, so that links into the portal lead somewhere."""

from __future__ import annotations

import re
from html import escape

from houses.bitrix.twin.fields import old_uf
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.records import Deal

PATH = re.compile(r"^/crm/deal/details/(\d+)/?$")


def deal_page(portal: Portal, path: str) -> str | None:
    """An HTML page of filled fields; None when the path is no card's or there is no such deal."""
    match = PATH.match(path)
    with portal.lock:
        deal = portal.deals.get(int(match.group(1))) if match else None
        if deal is None:
            return None
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _rows(portal, deal)
        )
    title = escape(deal.title)
    return (
        f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><p>Двойник портала Bitrix24</p><h1>{title}</h1><table>{rows}</table></body></html>"
    )


def _rows(portal: Portal, deal: Deal) -> list[tuple[str, str]]:
    stage = next((stage.name for stage in portal.stages if stage.status_id == deal.stage_id), deal.stage_id)
    user, company = portal.users.get(deal.assigned_by_id), portal.companies.get(deal.company_id)
    rows = [
        ("Стадия", stage),
        ("Ответственный", f"{user.name} {user.last_name}".strip() if user else ""),
        ("Компания", company.title if company else ""),
        ("Сумма", f"{deal.opportunity:.2f}"),
    ]
    for name, value in deal.uf.items():
        userfield = portal.userfields.get(name)
        if userfield is not None and value:
            texts = {str(number): text for number, text in userfield.options}
            shown = old_uf(userfield, value)
            parts = shown if isinstance(shown, list) else [shown]
            rows.append((userfield.label.strip(), ", ".join(texts.get(part, part.partition("|")[0]) for part in parts)))
    return rows
