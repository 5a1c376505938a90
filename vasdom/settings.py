"""Settings, all driven by the environment; see `vasdom/env.py` for the variables."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


from vasdom import connections
from vasdom.env import ROOT, Environment
from vasdom.secret_key import load_secret_key
from vasdom.unfold import UNFOLD as UNFOLD

ENV = Environment.load()
for sentence in ENV.retired():
    warnings.warn(sentence, stacklevel=1)

BASE_DIR = ROOT
VAR_DIR = Path(ENV.text("VAR_DIR")) if Path(ENV.text("VAR_DIR")).is_absolute() else ROOT / ENV.text("VAR_DIR")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = ENV.flag("DEBUG")
SECRET_KEY = ENV.text("SECRET_KEY") or load_secret_key(VAR_DIR)
HOST = ENV.text("HOST")
PORT = ENV.integer("PORT", 1, 65535)
SITE_URL = ENV.url("SITE_URL", ("http", "https"), "https://office.example").rstrip("/")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *([HOST] if HOST not in {"0.0.0.0", "::"} else []),
    *([urlsplit(SITE_URL).hostname or ""] if SITE_URL else []),
    *ENV.items("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "channels",
    "auditlog",
    "django_celery_beat",
    "vasdom",
    "houses",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "vasdom.urls"
ASGI_APPLICATION = "vasdom.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- data
DATABASES = {"default": connections.database(ENV, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = connections.redis_url(ENV, VAR_DIR)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"

# --- jobs
CELERY_BROKER_URL = connections.celery_url(REDIS_URL)
# A job that a killed worker held comes back after visibility_timeout, which must exceed the longest job; without the
# two restore settings kombu looks for such jobs only once in 100 s.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

# --- language and time: CRM dates are taken as written, everything shown is company time
LANGUAGE_CODE = "ru"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = ENV.zone("TIME_ZONE")
USE_TZ = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True

# --- static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- people
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- safety
SECURE_SITE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SECURE_SITE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SITE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_HSTS_PRELOAD = SECURE_SITE
SESSION_COOKIE_SECURE = SECURE_SITE
CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "SAMEORIGIN"  # the side panel of the admin shows our own pages in a frame
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- API
API_KEYS = ENV.items("API_SECRET_KEY")
CORS_ALLOWED_ORIGINS = ENV.items("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/.*$"
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "vasdom.api.handle_exception",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vasdom.authentication.KeyAuthentication",
        "vasdom.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "ВасДом API",
    "DESCRIPTION": "Дома, графики уборок, бригады и акты.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/",
}

# --- Bitrix24
BITRIX24_WEBHOOK_URL = ENV.url(
    "BITRIX24_WEBHOOK_URL", ("http", "https"), "https://portal.bitrix24.ru/rest/1/код/"
)
BITRIX24_APPLICATION_TOKENS = ENV.items("BITRIX24_APPLICATION_TOKEN")
BITRIX24_CATEGORY_ID = ENV.integer("BITRIX24_CATEGORY_ID", 0, 1_000_000)

# --- outside services, each optional
OPENAI_API_KEY = ENV.text("OPENAI_API_KEY") or ENV.text("OPEN_AI_KEY")
OPENAI_BASE_URL = ENV.url("OPENAI_BASE_URL", ("http", "https"), "https://api.openai.com/v1")
TELEGRAM_BOT_TOKEN = ENV.text("TELEGRAM_BOT_TOKEN")
TELEGRAM_API_URL = ENV.url("TELEGRAM_API_URL", ("http", "https"), "https://api.telegram.org")
ARI_URL = ENV.url("ARI_URL", ("http", "https"), "http://127.0.0.1:8088")
ARI_USER = ENV.text("ARI_USER")
ARI_PASSWORD = ENV.text("ARI_PASSWORD")
ARI_APP = ENV.text("ARI_APP")
GOOGLE_MAPS_API_KEY = ENV.text("GOOGLE_MAPS_API_KEY")
DEMO = ENV.flag("DEMO")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"))},
}
