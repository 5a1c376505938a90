"""How the admin looks: name, colours, sidebar, tabs. A section that is not built yet is simply not listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import capfirst

Allowed = Callable[[HttpRequest], bool]
HOME = "/admin/"
"""Links are texts: a lazy one is resolved anew each of the hundreds of times that a page compares it with its own."""
SEARCH_LIMIT_PER_KIND = 8


def may(permission: str) -> Allowed:
    """A sidebar rule: the signed-in user holds this permission."""
    return lambda request: request.user.has_perm(permission)


def listed(title: str, icon: str, model: str, permission: str = "") -> dict[str, Any]:
    """A sidebar item that opens a model's list; `model` is "app.model"."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": f"{HOME}{app}/{name}/",
        "permission": may(permission or f"{app}.view_{name}"),
    }


def page(title: str, icon: str, path: str, permission: str) -> dict[str, Any]:
    """A sidebar item that opens a page of our own."""
    return {"title": title, "icon": icon, "link": path, "permission": may(permission)}


def tabs(*items: tuple[str, str]) -> dict[str, Any]:
    """Lists that share one sidebar item, as tabs: pairs of a title and "app.model"."""
    return {
        "models": [model for _, model in items],
        "items": [
            {key: value for key, value in listed(title, "", model).items() if key != "icon"} for title, model in items
        ],
    }


def environment(request: HttpRequest) -> tuple[str, str] | None:
    """The label in the header that says the data are not the company's."""
    from houses.demo.removal import demo_exists

    return ("Демо-данные", "warning") if demo_exists() else None


def search(request: HttpRequest, term: str) -> list[Any]:
    """What Ctrl+K finds besides sections: houses, companies, people, tasks, each only for who may see them."""
    from django.contrib import admin
    from unfold.dataclasses import SearchResult

    found: list[Any] = []
    for model, model_admin in admin.site._registry.items():
        kind = model._meta
        if kind.label_lower not in SEARCHED or not model_admin.has_view_permission(request):
            continue
        rows, _ = model_admin.get_search_results(request, model_admin.get_queryset(request), term)
        found += [
            SearchResult(
                title=str(row),
                description=capfirst(kind.verbose_name),
                link=reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[row.pk]),
                icon=SEARCHED[kind.label_lower],
            )
            for row in rows[:SEARCH_LIMIT_PER_KIND]
        ]
    return found


SEARCHED = {
    "houses.house": "home_work",
    "houses.managementcompany": "apartment",
    "houses.employee": "badge",
    "houses.brigade": "groups",
    "tasks.task": "assignment",
    "calls.call": "call",
}

HOUSES = [
    listed("Дома", "home_work", "houses.house"),
    listed("Уборки", "cleaning_services", "houses.cleaningvisit"),
    page("Акты", "task", "/admin/acts/", "houses.view_act"),
    page("KPI бригад", "leaderboard", "/admin/kpi/", "houses.view_cleaningvisit"),
    page("Аналитика", "monitoring", "/admin/analytics/", "houses.view_house"),
    page("Недостающие данные", "rule", "/admin/missing/", "houses.view_house"),
    listed("Управляющие компании", "apartment", "houses.managementcompany"),
    listed("Бригады", "groups", "houses.brigade"),
    listed("Сотрудники", "badge", "houses.employee"),
]
WORK = [
    page("AI Чат", "forum", "/admin/chat/", "voice.use_chat"),
    listed("Помощник", "support_agent", "voice.assistantrevision"),
    page("Сейчас на линии", "phone_in_talk", "/admin/live/", "calls.watch_live"),
    page("Оператор", "headset_mic", "/admin/operator/", "calls.watch_live"),
    listed("Звонки", "call", "calls.call"),
    listed("AI Задачи", "assignment", "tasks.task"),
]
KNOWLEDGE = [
    listed("Обучение", "school", "knowledge.document"),
    page("Пробелы", "help_center", "/admin/gaps/", "calls.view_call"),
    page("Проверить поиск", "manage_search", "/admin/knowledge/passage/search/", "knowledge.view_passage"),
    listed("Словарь речи", "spellcheck", "knowledge.glossaryterm"),
    listed("Контрольные вопросы", "fact_check", "voice.controlquestion"),
    page("Инструкция", "menu_book", "/admin/instruction/", "knowledge.view_document"),
]
SYSTEM = [
    listed("Синхронизация", "sync", "houses.syncrun"),
    listed("Поля CRM", "dataset_linked", "houses.schedulefield"),
    page("Состояние системы", "ecg_heart", "/admin/status/", "houses.view_house"),
    listed("Журнал изменений", "history", "auditlog.logentry"),
    listed("Расписание заданий", "schedule", "django_celery_beat.periodictask"),
    listed("Токены API", "key", "vasdom.apitoken") | {"permission": lambda request: request.user.is_staff},
    listed("Пользователи и роли", "manage_accounts", "auth.user"),
    listed("Настройки", "tune", "houses.officesettings"),
    listed("Настройки чата", "chat_info", "voice.chatsettings"),
    listed("Телефон", "settings_phone", "voice.phonesettings"),
    listed("Кому переводить", "phone_forwarded", "voice.transfertarget"),
    page("О системе", "info", "/admin/about/", "houses.view_house"),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "ВасДом",
    "SITE_HEADER": "ВасДом",
    "SITE_SUBHEADER": "Уборка подъездов",
    "SITE_SYMBOL": "cottage",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin_houses/favicon.svg")}
    ],
    "LOGIN": {"form": "vasdom.admin_login.OfficeSignInForm"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "vasdom.overview.dashboard.callback",
    "ENVIRONMENT": "vasdom.unfold.environment",
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("admin_houses/office.css")],
    "SCRIPTS": [lambda request: static("admin_houses/words.js")],
    "COLORS": {
        "primary": {
            "50": "oklch(97.4% .016 200)",
            "100": "oklch(94.2% .034 200)",
            "200": "oklch(89% .062 202)",
            "300": "oklch(82% .095 205)",
            "400": "oklch(73% .115 209)",
            "500": "oklch(62% .115 214)",
            "600": "oklch(51.5% .1 217)",
            "700": "oklch(45% .086 219)",
            "800": "oklch(39% .072 221)",
            "900": "oklch(33.5% .058 223)",
            "950": "oklch(25% .046 225)",
        },
    },
    "COMMAND": {"search_callback": "vasdom.unfold.search"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {"items": [{"title": "Обзор", "icon": "dashboard", "link": HOME}]},
            {"title": "Дома", "separator": True, "items": HOUSES},
            {"title": "Работа", "separator": True, "items": WORK},
            {"title": "Знания", "separator": True, "items": KNOWLEDGE},
            {"title": "Система", "separator": True, "items": SYSTEM},
        ],
    },
    "TABS": [
        tabs(
            ("Документы", "knowledge.document"),
            ("Базы", "knowledge.knowledgebase"),
            ("Фрагменты", "knowledge.passage"),
            ("Построения индекса", "knowledge.indexbuild"),
        ),
        tabs(("Звонки", "calls.call"), ("Хранение", "calls.calllogsettings")),
        tabs(("Пользователи", "auth.user"), ("Роли", "auth.group")),
        tabs(("Синхронизации", "houses.syncrun"), ("События Bitrix24", "houses.portalevent")),
        tabs(
            ("Поля графика", "houses.schedulefield"),
            ("Поля паспорта", "houses.fieldmapping"),
            ("Варианты списков", "houses.enumoption"),
            ("Стадии", "houses.stage"),
        ),
        tabs(
            ("Задания", "django_celery_beat.periodictask"),
            ("По времени", "django_celery_beat.crontabschedule"),
            ("Через промежутки", "django_celery_beat.intervalschedule"),
        ),
    ],
}
