"""What Django's own error page (DEBUG only) may show of the settings."""

from __future__ import annotations

import re

from django.views.debug import SafeExceptionReporterFilter


class SecretsFilter(SafeExceptionReporterFilter):
    """Also hides addresses that are themselves passwords: the portal's webhook and the databases' URLs."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|WEBHOOK|DATABASE|REDIS|BROKER|CACHES|CHANNEL_LAYERS",
        re.IGNORECASE,
    )
