"""The Celery application: jobs live in each app's `jobs.py`."""

import os
import warnings
from typing import Any

from celery import Celery, signals
from celery.exceptions import SecurityWarning

# `make run` works for root too, and says so itself where that matters.
warnings.filterwarnings("ignore", category=SecurityWarning)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
app = Celery("vasdom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """A receiver here stops Celery from putting its own log handlers, which mask nothing, in place of ours."""
