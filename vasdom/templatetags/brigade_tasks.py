"""The number on the brigade's tab «Задачи»: the pages themselves belong to houses and know no tasks."""

from __future__ import annotations

from django import template

from houses.brigade_pages.visitors import Visitor
from houses.models import Brigade
from vasdom.brigade_tasks import tasks_of

register = template.Library()


@register.simple_tag
def open_tasks(visitor: Visitor, brigade: Brigade) -> int:
    return tasks_of(visitor, brigade).open().count()
