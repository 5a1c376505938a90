"""Calls as Asterisk counts them, those that never reached the assistant among them."""

from __future__ import annotations

from django.db import models

from calls.models.call import LONGEST_CALLER, LONGEST_LINE


class ArrivedCall(models.Model):
    """A line of Asterisk's CDR file. Of the caller only a keyed hash is kept: enough to see repeats."""

    uniqueid = models.CharField("uniqueid", max_length=LONGEST_LINE, unique=True)
    at = models.DateTimeField("когда")
    caller_hash = models.CharField("хеш номера", max_length=64, blank=True)
    dialled = models.CharField("набранный номер", max_length=LONGEST_CALLER, blank=True)
    disposition = models.CharField("исход", max_length=32, blank=True)

    class Meta:
        verbose_name = "поступивший звонок"
        verbose_name_plural = "поступившие звонки"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="arrived_call_at")]

    def __str__(self) -> str:
        return f"Поступил {self.at:%d.%m.%Y %H:%M}"


class ArrivalsRead(models.Model):
    """How far the CDR file has been read; the one row."""

    path = models.CharField("файл", max_length=500)
    inode = models.BigIntegerField("inode", default=0)
    offset = models.BigIntegerField("прочитано байт", default=0)
    read_at = models.DateTimeField("когда", null=True, blank=True)
    trouble = models.CharField("почему не читается", max_length=200, blank=True)

    class Meta:
        verbose_name = "чтение журнала CDR"
        verbose_name_plural = "чтение журнала CDR"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_arrivals_read")]

    def __str__(self) -> str:
        return "Чтение журнала CDR"

    @classmethod
    def load(cls) -> ArrivalsRead:
        return cls.objects.get_or_create(pk=1)[0]
