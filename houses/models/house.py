"""A house and what it hangs on: stage of the funnel, management company, elder."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from houses.addresses import search_keys
from houses.models.people import Brigade
from houses.querysets import CompanyQuerySet, HouseQuerySet, with_keys
from houses.schedule import Slot
from houses.text import plain


class Stage(models.Model):
    """A stage of the CRM funnel, with the name the portal gives it."""

    status_id = models.CharField("код", max_length=64, primary_key=True)
    name = models.CharField("название", max_length=200)
    sort = models.IntegerField("порядок", default=0)
    color = models.CharField("цвет", max_length=16, blank=True)
    semantics = models.CharField("смысл", max_length=32, blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "стадия"
        verbose_name_plural = "стадии"
        ordering = ["sort", "status_id"]

    def __str__(self) -> str:
        return self.name


class ManagementCompany(models.Model):
    """A management company (УК), as its CRM card says."""

    bitrix_id = models.BigIntegerField("ID в Bitrix24", unique=True)
    title = models.CharField("название", max_length=300)
    # `title` without quotes and case and with ё as е: «ООО "Уют"» and «ООО «УЮТ»» are found by the same words.
    title_key = models.CharField(max_length=300, editable=False, db_index=True)
    phone = models.CharField("телефон", max_length=64, blank=True)
    email = models.CharField("почта", max_length=254, blank=True)
    web = models.CharField("сайт", max_length=300, blank=True)
    # NULL: the CRM did not give it; it is told apart from an empty address in the API.
    address = models.CharField("адрес", max_length=500, null=True, blank=True)  # noqa: DJ001
    comments = models.TextField("комментарий", blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = "УК"
        verbose_name_plural = "УК"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_key = plain(self.title)
        super().save(*args, **kwargs)


class Contact(models.Model):
    """A contact person of a house in the CRM (the elder, «старший дома»)."""

    bitrix_id = models.BigIntegerField("ID в Bitrix24", unique=True)
    name = models.CharField("имя", max_length=200, blank=True)
    last_name = models.CharField("фамилия", max_length=200, blank=True)
    second_name = models.CharField("отчество", max_length=200, blank=True)
    email = models.CharField("почта", max_length=254, blank=True)
    comments = models.TextField("комментарий", blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "старший дома"
        verbose_name_plural = "старшие домов"
        ordering = ["last_name", "name"]

    def __str__(self) -> str:
        return self.full_name or f"Контакт {self.bitrix_id}"

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.name, self.second_name) if part)


class ContactPhone(models.Model):
    """One phone of a contact in E.164; the phone line finds a caller's house by it."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="phones", verbose_name="контакт")
    number = models.CharField("телефон", max_length=16, db_index=True)

    class Meta:
        verbose_name = "телефон старшего"
        verbose_name_plural = "телефоны старших"
        constraints = [models.UniqueConstraint(fields=["contact", "number"], name="one_row_per_contact_phone")]

    def __str__(self) -> str:
        return self.number


class House(models.Model):
    """One building under contract: a deal of the cleaning funnel, kept as the CRM last gave it.

    A number that the CRM left out, or wrote in a way that is not a whole number, is NULL here, never zero; the text as
    written stays in `unparsed` and the fault in `issues`.
    """

    bitrix_id = models.BigIntegerField("ID сделки", unique=True)
    title = models.CharField("название", max_length=300)
    address = models.CharField("адрес", max_length=500, blank=True)
    latitude = models.FloatField("широта", null=True, blank=True)
    longitude = models.FloatField("долгота", null=True, blank=True)
    apartments = models.PositiveIntegerField("квартир", null=True, blank=True)
    entrances = models.PositiveIntegerField("подъездов", null=True, blank=True)
    floors = models.PositiveIntegerField("этажей", null=True, blank=True)
    tariff = models.CharField("тариф", max_length=120, blank=True)
    monthly_amount = models.DecimalField("сумма в месяц, ₽", max_digits=12, decimal_places=2, null=True, blank=True)
    service_start = models.DateField("дата начала обслуживания", null=True, blank=True)
    living_area = models.DecimalField("жилая площадь, м²", max_digits=10, decimal_places=2, null=True, blank=True)
    contract_number = models.CharField("№ договора", max_length=120, blank=True)
    passport_url = models.URLField("карточка дома", max_length=500, blank=True)
    general_dates = ArrayField(models.DateField(), verbose_name="даты генеральной уборки", default=list, blank=True)
    general_works = ArrayField(
        models.CharField(max_length=300), verbose_name="генеральная уборка", default=list, blank=True
    )
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="houses", verbose_name="стадия")
    company = models.ForeignKey(
        ManagementCompany, models.PROTECT, null=True, blank=True, related_name="houses", verbose_name="УК"
    )
    brigade = models.ForeignKey(
        Brigade, models.PROTECT, null=True, blank=True, related_name="houses", verbose_name="бригада"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="houses", verbose_name="старший дома"
    )
    # The CRM's month fields as a list of slots, in the order of time; see houses.schedule.Slot for the shape.
    schedule: models.JSONField[Any, Any] = models.JSONField("график", default=list, blank=True)
    # Raw text of fields that could not be read, by field name: {"floors": "5-9"}.
    unparsed: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True, editable=False)
    # Codes of houses.quality.Issue; recomputed at every sync.
    issues = ArrayField(models.CharField(max_length=40), verbose_name="замечания", default=list, blank=True)
    # What search reads: the street's words and the number, both normalised by houses.addresses.
    street_key = models.CharField(max_length=300, editable=False, db_index=True)
    number_key = models.CharField(max_length=40, editable=False, db_index=True)
    # Word stems of the street, by address and by title, and the bare number: what `by_address` looks up.
    search_keys = ArrayField(models.CharField(max_length=60), default=list, editable=False)
    crm_created = models.DateTimeField("создан в CRM", null=True, blank=True)
    crm_updated = models.DateTimeField("изменён в CRM", null=True, blank=True, db_index=True)
    synced_at = models.DateTimeField("получен из CRM")
    archived_at = models.DateTimeField("в архиве с", null=True, blank=True, db_index=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = HouseQuerySet.as_manager()

    class Meta:
        verbose_name = "дом"
        verbose_name_plural = "дома"
        ordering = ["street_key", "number_key", "bitrix_id"]
        indexes = [
            GinIndex(fields=["issues"], name="house_issues"),
            GinIndex(fields=["search_keys"], name="house_search_keys"),
        ]
        permissions = [
            ("export", "Может выгружать списки в файлы"),
            ("view_phones", "Может видеть телефоны старших"),
        ]

    def __str__(self) -> str:
        return self.title or self.address or f"Дом {self.bitrix_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refresh_keys()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = with_keys(kwargs["update_fields"])
        super().save(*args, **kwargs)

    def refresh_keys(self) -> None:
        """Derive the search keys from address and title; every write of the model and its bulk writes do this."""
        keys = search_keys(self.address, self.title)
        self.street_key, self.number_key, self.search_keys = keys.street, keys.number, list(keys.words)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The schedule in the order of time."""
        return tuple(Slot.from_json(value) for value in self.schedule)
