"""What the office sets up for the phone besides a revision: to whom it may put through, and the line itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from voice.phone import hours
from voice.phone.rules import COUNTED, REASONS, Escalation, Reason, Target

LONGEST_PHRASE = 1_000
LONGEST_CHAIN = 10
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Nothing but a name of a PJSIP endpoint, or a number at one: neither options of Dial() nor a second destination fit in.
PERSON_ENDPOINT = r"PJSIP/[A-Za-z0-9_.-]{1,40}|PJSIP/\+?[0-9]{2,15}@[A-Za-z0-9_.-]{1,40}"
QUEUE_ENDPOINT = rf"{PERSON_ENDPOINT}|Local/[A-Za-z0-9_.-]{{1,40}}@[A-Za-z0-9_.-]{{1,40}}"


def _day(title: str, default: str = "") -> models.CharField[str, str]:
    return models.CharField(title, max_length=60, blank=True, default=default, validators=[hours.validate])


class TransferTarget(models.Model):
    """Somebody a call may be put through to. What is not in this list is never dialled."""

    class Kind(models.TextChoices):
        PERSON = "person", "Сотрудник"
        QUEUE = "queue", "Очередь"

    name = models.CharField("кто", max_length=120, unique=True, help_text="Как назвать в журнале: «Офис», «Анна»")
    kind = models.CharField("вид", max_length=8, choices=Kind.choices, default=Kind.PERSON)
    endpoint = models.CharField(
        "куда звонить",
        max_length=120,
        validators=[
            RegexValidator(
                rf"\A(?:{QUEUE_ENDPOINT})\Z",
                "Ожидается PJSIP/200, PJSIP/+7XXXXXXXXXX@trunk или, для очереди, Local/600@context.",
            )
        ],
        help_text="PJSIP/200 — внутренний номер, PJSIP/+7XXXXXXXXXX@trunk — городской через транк",
    )
    monday = _day("понедельник", "09:00–18:00")
    tuesday = _day("вторник", "09:00–18:00")
    wednesday = _day("среда", "09:00–18:00")
    thursday = _day("четверг", "09:00–18:00")
    friday = _day("пятница", "09:00–18:00")
    saturday = _day("суббота")
    sunday = _day("воскресенье")
    ring_seconds = models.PositiveSmallIntegerField(
        "звонить, с", default=20, validators=[MinValueValidator(5), MaxValueValidator(120)]
    )
    attended = models.BooleanField(
        "с предупреждением",
        default=True,
        help_text="Сначала сотруднику коротко говорят, кто звонит и о чём; он принимает звонок кнопкой. "
        "Выключено — соединяет сразу",
    )
    next_target = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="потом — кому",
        help_text="Если занято, не отвечают или не рабочее время. Пусто — записать просьбу перезвонить",
    )
    position = models.PositiveSmallIntegerField("порядок", default=10, help_text="Первый работающий — по умолчанию")
    enabled = models.BooleanField("включён", default=True)

    class Meta:
        verbose_name = "кому переводить"
        verbose_name_plural = "кому переводить"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Hours are kept in one way of writing."""
        for day in DAYS:
            setattr(self, day, hours.written(hours.parse(getattr(self, day))))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """What one field alone cannot tell.

        Raises:
            ValidationError: an endpoint that does not fit the kind, a chain that comes back to its beginning.
        """
        if self.kind == self.Kind.PERSON and self.endpoint.startswith("Local/"):
            raise ValidationError({"endpoint": "Local/… — только для очереди."})
        if self.kind == self.Kind.QUEUE and self.attended:
            raise ValidationError({"attended": "В очереди предупредить некого: соединяется сразу."})
        seen = {self.pk}
        step = self.next_target
        while step is not None:
            if step.pk in seen or len(seen) > LONGEST_CHAIN:
                raise ValidationError({"next_target": "Цепочка возвращается к началу: звонок ходил бы по кругу."})
            seen.add(step.pk)
            step = step.next_target

    def is_named_by_a_revision(self) -> bool:
        """Such a target is kept: revisions never change."""
        return EscalationRule.objects.filter(target=self).exists()

    def frozen(self) -> Target:
        """This row as a running call keeps it."""
        return Target(
            id=self.pk,
            name=self.name,
            endpoint=self.endpoint,
            is_queue=self.kind == self.Kind.QUEUE,
            hours=tuple(hours.parse(getattr(self, day)) for day in DAYS),
            ring_seconds=self.ring_seconds,
            attended=self.attended,
            next_id=self.next_target_id,
        )


class EscalationRule(models.Model):
    """One row of a revision, as immutable as the revision: when a person is called, and which one."""

    revision = models.ForeignKey(
        "voice.AssistantRevision", models.PROTECT, related_name="escalations", verbose_name="редакция"
    )
    order = models.PositiveSmallIntegerField("порядок")
    reason = models.CharField("когда", max_length=16, choices=[(key.value, label) for key, label in REASONS.items()])
    threshold = models.PositiveSmallIntegerField(
        "сколько раз подряд", default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    words = models.TextField("слова", max_length=2_000, blank=True, help_text="По одному выражению в строке")
    target = models.ForeignKey(
        TransferTarget,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="кому",
        help_text="Пусто — первому работающему из списка «Кому переводить»",
    )
    phrase = models.TextField("что сказать", max_length=LONGEST_PHRASE, blank=True, help_text="Пусто — обычная фраза")

    class Meta:
        verbose_name = "правило перевода на человека"
        verbose_name_plural = "правила перевода на человека"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["revision", "order"], name="voice_rule_order")]

    def __str__(self) -> str:
        return REASONS[Reason(self.reason)]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a rule of a revision is never changed: save a new revision")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a rule goes only with its revision, which is never deleted")

    def clean(self) -> None:
        """Raises ValidationError when words are missing where they are what it waits for."""
        if self.reason == Reason.COMPLAINT_WORDS and not self.word_lines():
            raise ValidationError({"words": "Укажите слова, хотя бы одну строку."})

    def word_lines(self) -> tuple[str, ...]:
        """The phrases waited for, in lower case with ё as е."""
        lines = (" ".join(line.lower().replace("ё", "е").split()) for line in self.words.splitlines())
        return tuple(line for line in lines if line)

    def frozen(self) -> Escalation:
        """This row as a running call keeps it; reads the target where it is not loaded."""
        reason = Reason(self.reason)
        return Escalation(
            reason=reason,
            threshold=self.threshold if reason in COUNTED else 1,
            words=self.word_lines() if reason == Reason.COMPLAINT_WORDS else (),
            phrase=self.phrase,
            target=self.target.frozen() if self.target else None,
        )


class PhoneSettings(models.Model):
    """The line itself; the one row is read through `PhoneSettings.load()`."""

    class Beyond(models.TextChoices):
        PHRASE_AND_QUEUE = "phrase", "Сказать фразу и передать звонок диалплану"
        QUEUE = "queue", "Сразу передать звонок диалплану"

    class Media(models.TextChoices):
        RTP = "rtp", "RTP (обычный)"
        WEBSOCKET = "websocket", "WebSocket (Asterisk 22.8 и новее; без известных ошибок — с 20.22, 22.12, 23.6)"

    max_calls = models.PositiveSmallIntegerField(
        "звонков одновременно",
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text="На один процесс помощника",
    )
    beyond = models.CharField(
        "когда больше",
        max_length=8,
        choices=Beyond.choices,
        default=Beyond.PHRASE_AND_QUEUE,
        help_text="Диалплан продолжается за Stasis(): очередь или автоответчик. Фраза — в редакции помощника",
    )
    media = models.CharField("звук", max_length=12, choices=Media.choices, default=Media.RTP)
    rtp_port_first = models.PositiveIntegerField(
        "порты RTP с",
        default=22_000,
        validators=[MinValueValidator(1_024), MaxValueValidator(65_534)],
        help_text="UDP, по два на звонок; не пересекаются с rtp.conf Asterisk",
    )
    rtp_port_last = models.PositiveIntegerField(
        "порты RTP по", default=22_999, validators=[MinValueValidator(1_025), MaxValueValidator(65_535)]
    )
    operator_sound = models.BooleanField(
        "звук на странице сотрудника", default=True, help_text="Когда звонок переводят на человека"
    )
    accept_digit = models.CharField(
        "кнопка «принять»",
        max_length=1,
        default="1",
        validators=[RegexValidator(r"\A[0-9*#]\Z", "Одна кнопка: 0–9, * или #.")],
    )

    class Meta:
        verbose_name = "телефон"
        verbose_name_plural = "телефон"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_phone_settings")]

    def __str__(self) -> str:
        return "Телефон"

    @classmethod
    def load(cls) -> PhoneSettings:
        return cls.objects.get_or_create(pk=1)[0]

    def clean(self) -> None:
        """Raises ValidationError when the ports do not suffice for the calls."""
        if None in (self.rtp_port_first, self.rtp_port_last, self.max_calls):
            return
        if (self.rtp_port_last - self.rtp_port_first + 1) // 2 < self.max_calls:
            raise ValidationError({"rtp_port_last": f"Портов не хватит: на {self.max_calls} звонков нужно по два."})
