"""Taking the demo away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import models, transaction

from houses.contacts import refresh_contact_index
from houses.demo.logins import demo_logins
from houses.models import (
    Act,
    Brigade,
    CleaningVisit,
    Contact,
    Employee,
    EnumOption,
    House,
    ManagementCompany,
    ScheduleField,
    Stage,
    SyncRun,
    VisitPhoto,
)
from houses.photos import THUMBS
from houses.signals import demo_removing


def remove_demo() -> Counter[str]:
    """Delete every demo row and file, with all that hangs on a demo house.

    Returns:
        How many rows went, by the model's Russian plural name.
    """
    removed: Counter[str] = Counter()
    with transaction.atomic():
        demo_removing.send(sender=None, removed=removed)
        photos = VisitPhoto.objects.filter(models.Q(is_demo=True) | models.Q(visit__house__is_demo=True))
        _delete_files_after_commit(photos.values_list("image", flat=True))
        on_demo_house = models.Q(is_demo=True) | models.Q(house__is_demo=True)
        for rows in (
            photos,
            CleaningVisit.objects.filter(on_demo_house),
            Act.objects.filter(on_demo_house),
            House.objects.filter(is_demo=True),
            *(
                model._default_manager.filter(is_demo=True)
                for model in (Employee, Contact, ManagementCompany, Brigade, Stage, ScheduleField, EnumOption, SyncRun)
            ),
        ):
            removed[str(rows.model._meta.verbose_name_plural)] += _delete(rows)
        usernames = [login.username for login in demo_logins()]
        removed["учётные записи"] = _delete(get_user_model()._default_manager.filter(username__in=usernames))
        refresh_contact_index()
    return +removed


def demo_exists() -> bool:
    """Whether any demo house is left."""
    return House.objects.filter(is_demo=True).exists()


def _delete(rows: models.QuerySet[models.Model]) -> int:
    """Delete rows and what cascades from them; returns how many of the rows' own kind went."""
    _, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


def _delete_files_after_commit(names: Iterable[str]) -> None:
    """The photos and the small copies that were made of those somebody looked at."""
    for photo in list(names):
        for name in (photo, f"{THUMBS}/{photo}"):
            delete: Callable[[], None] = partial(default_storage.delete, name)
            transaction.on_commit(delete)
