"""Recordings of calls: two files a call, one a side, and their drawn shape."""

from __future__ import annotations

from django.db import models

from calls.models.call import Call

LONGEST_PATH = 120


class Recording(models.Model):
    """Raw A-law, 8,000 bytes a second, both files on one clock. Paths are relative to `VAR_DIR/recordings`."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="recording", verbose_name="звонок")
    caller_file = models.CharField("файл звонящего", max_length=LONGEST_PATH)
    ours_file = models.CharField("файл ассистента", max_length=LONGEST_PATH)
    seconds = models.FloatField("длительность, с")
    waveform = models.JSONField(
        "форма сигнала", default=dict, help_text="caller и ours: наибольшая громкость равных отрезков, 0–100"
    )
    consent = models.BooleanField("прозвучало предупреждение", default=False)
    kept_at = models.DateTimeField("сохранена", auto_now_add=True)

    class Meta:
        verbose_name = "запись разговора"
        verbose_name_plural = "записи разговоров"
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return f"Запись: {self.call}"

    @property
    def files(self) -> tuple[str, str]:
        return self.caller_file, self.ours_file
