"""What is cleaned when, and the proof of it."""

from __future__ import annotations

import uuid
from pathlib import PurePath

from django.db import models

from houses.cleaning import CleaningType
from houses.models.house import House
from houses.models.people import Brigade, Employee
from houses.querysets import VisitQuerySet


class CleaningVisit(models.Model):
    """One planned cleaning of one house on one date.

    `crm_date` is the CRM's date this visit stands for; the API's date filters read it. A planned visit follows its
    CRM date. Once a brigade has touched it (`status` other than planned) its `date` never changes again; if the CRM
    then drops the date, `crm_date` becomes NULL and the visit stays.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", "Запланировано"
        IN_PROGRESS = "in_progress", "В процессе"
        DONE = "done", "Выполнено"
        NOT_POSSIBLE = "not_possible", "Не выполнено"

    class Reason(models.TextChoices):
        NO_ACCESS = "no_access", "Нет доступа в подъезд"
        NO_WATER = "no_water", "Нет воды или света"
        REPAIR = "repair", "В подъезде ремонт"
        REFUSED = "refused", "Жильцы отказали"
        STAFF = "staff", "Не хватило людей"
        OTHER = "other", "Другое"

    house = models.ForeignKey(House, models.PROTECT, related_name="visits", verbose_name="дом")
    date = models.DateField("дата")
    crm_date = models.DateField("дата в CRM", null=True, blank=True, editable=False)
    slot = models.PositiveSmallIntegerField("слот CRM", null=True, blank=True, editable=False)
    cleaning_type = models.CharField("тип уборки", max_length=2, choices=CleaningType.choices, blank=True)
    status = models.CharField("состояние", max_length=16, choices=Status.choices, default=Status.PLANNED)
    brigade = models.ForeignKey(
        Brigade, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="кто убирал"
    )
    employee = models.ForeignKey(
        Employee, models.SET_NULL, null=True, blank=True, related_name="visits", verbose_name="сотрудник"
    )
    reason = models.CharField("причина", max_length=16, choices=Reason.choices, blank=True)
    comment = models.TextField("комментарий", max_length=2000, blank=True)
    started_at = models.DateTimeField("начато", null=True, blank=True)
    finished_at = models.DateTimeField("закончено", null=True, blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "уборка"
        verbose_name_plural = "уборки"
        ordering = ["date", "house_id"]
        constraints = [
            models.UniqueConstraint(fields=["house", "crm_date", "slot"], name="one_visit_per_crm_date_and_slot"),
            models.CheckConstraint(
                condition=~models.Q(status="not_possible") | ~models.Q(reason=""), name="not_possible_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["crm_date", "house"], name="visit_crm_date"),
            models.Index(fields=["date", "status"], name="visit_date_status"),
            models.Index(fields=["house", "date"], name="visit_house_date"),
        ]
        permissions = [
            ("report_visit", "Может отчитываться об уборках"),
            ("reopen_visit", "Может отменять отчёт бригады"),
        ]

    def __str__(self) -> str:
        return f"{self.house}, {self.date:%d.%m.%Y}"


def photo_path(photo: VisitPhoto, filename: str) -> str:
    """Photos lie by month of the visit, under a name nobody can guess or collide with."""
    return str(PurePath("visits", f"{photo.visit.date:%Y-%m}", f"{uuid.uuid4()}.jpg"))


class VisitPhoto(models.Model):
    """A photo a brigade took at a visit: upright, downscaled, re-encoded as JPEG."""

    visit = models.ForeignKey(CleaningVisit, models.PROTECT, related_name="photos", verbose_name="уборка")
    # Made by the sender, one per picture: the same picture sent twice over a bad connection is one row.
    key = models.UUIDField("ключ отправки", default=uuid.uuid4, editable=False)
    image = models.ImageField("фото", upload_to=photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField("ширина", editable=False)
    height = models.PositiveIntegerField("высота", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    taken_at = models.DateTimeField("снято", null=True, blank=True)
    uploaded_at = models.DateTimeField("получено", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        Employee, models.SET_NULL, null=True, blank=True, related_name="photos", verbose_name="кто прислал"
    )
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "фото уборки"
        verbose_name_plural = "фото уборок"
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="one_photo_per_sending"),
            models.UniqueConstraint(fields=["visit", "sha256"], name="one_photo_per_content"),
        ]

    def __str__(self) -> str:
        return f"Фото {self.pk}"
