"""Monthly acts: the paper by which a house confirms the month's work."""

from django.conf import settings
from django.db import models

from houses.models.house import House
from houses.models.people import Brigade


class Act(models.Model):
    """A signed act of one house for one month; no row means not signed."""

    house = models.ForeignKey(House, models.PROTECT, related_name="acts", verbose_name="дом")
    month = models.DateField("месяц", help_text="Первое число месяца")
    signed_date = models.DateField("дата подписания")
    signed_by = models.CharField("кто подписал", max_length=200, blank=True)
    brigade = models.ForeignKey(
        Brigade, models.SET_NULL, null=True, blank=True, related_name="acts", verbose_name="бригада"
    )
    notes = models.TextField("примечания", max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто отметил"
    )
    created_at = models.DateTimeField("отмечено", auto_now_add=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "акт"
        verbose_name_plural = "акты"
        ordering = ["-month", "house_id"]
        constraints = [
            models.UniqueConstraint(fields=["house", "month"], name="one_act_per_house_and_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="act_month_is_a_first_day"),
        ]
        permissions = [("sign_act", "Может отмечать акты подписанными")]

    def __str__(self) -> str:
        return f"Акт {self.month:%m.%Y}, {self.house}"
