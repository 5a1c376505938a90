"""Background jobs of the assistant. Their periods are django-celery-beat rows."""

from __future__ import annotations

from celery import shared_task

from voice.learning import controls


@shared_task(ignore_result=True)
def ask_control_questions() -> None:
    """Ask the control questions for every run that waits."""
    controls.run_waiting()


@shared_task(ignore_result=True)
def catch_up_control_questions() -> None:
    """Ask what a lost job or a killed worker left unasked; forget old runs."""
    controls.tidy_up()
    controls.run_waiting()
