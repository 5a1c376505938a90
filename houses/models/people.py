"""Brigades and the people in them."""

from django.conf import settings
from django.db import models


class Brigade(models.Model):
    """A cleaning crew. In the CRM it is a user whose name contains «бригад»; nobody else becomes a brigade."""

    bitrix_user_id = models.BigIntegerField("ID пользователя в Bitrix24", unique=True, null=True, blank=True)
    number = models.PositiveSmallIntegerField("номер", null=True, blank=True)
    name = models.CharField("название", max_length=120)
    is_active = models.BooleanField("работает", default=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "бригада"
        verbose_name_plural = "бригады"
        ordering = ["number", "name"]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """A person with a login: the link between a site user, a brigade and a Telegram account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="employee", verbose_name="учётная запись"
    )
    brigade = models.ForeignKey(
        Brigade, models.PROTECT, null=True, blank=True, related_name="employees", verbose_name="бригада"
    )
    full_name = models.CharField("имя", max_length=200)
    position = models.CharField("должность", max_length=120, blank=True)
    phone = models.CharField("телефон", max_length=16, blank=True, help_text="В виде +7XXXXXXXXXX")
    telegram_id = models.BigIntegerField("Telegram ID", unique=True, null=True, blank=True)
    is_active = models.BooleanField("работает", default=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "сотрудник"
        verbose_name_plural = "сотрудники"
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name
