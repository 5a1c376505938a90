"""Settings, all driven by the environment; see `vasdom/env.py` for the variables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vasdom import connections
from vasdom.env import ROOT, Environment
from vasdom.secret_key import load_secret_key
from vasdom.unfold import UNFOLD as UNFOLD

ENV = Environment.load()

BASE_DIR = ROOT
VAR_DIR = ENV.folder("VAR_DIR")

DEBUG = ENV.flag("DEBUG")
SECRET_KEY = ENV.secret("SECRET_KEY", shortest=50) or load_secret_key(VAR_DIR)
HOST = ENV.text("HOST")
PORT = ENV.integer("PORT", 1, 65535)
SITE_URL = ENV.url("SITE_URL", ("http", "https"), "https://office.example", path="/?").rstrip("/")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *([HOST] if HOST not in {"0.0.0.0", "::"} else []),
    *([urlsplit(SITE_URL).hostname or ""] if SITE_URL else []),
    *ENV.hosts("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

# daphne is the server (vasdom/management/commands/run.py) and not an app here: as one it would only replace runserver,
# and load Twisted into every process.
INSTALLED_APPS = [
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
    "tasks",
    "knowledge",
    "calls",
    "voice",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vasdom.health.middleware.WithoutDatabase",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vasdom.overview.middleware.BrigadeToItsPages",
    "vasdom.audit_middleware.AuditTrailMiddleware",
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
COMMAND = sys.argv[1] if Path(sys.argv[0]).name == "manage.py" and len(sys.argv) > 1 else ""
DATABASES = {"default": connections.database(ENV, VAR_DIR, patience_seconds=connections.patience_of(COMMAND))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = connections.redis_url(ENV, VAR_DIR)
# Never call cache.clear(): it would empty the whole Redis database, jobs included.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vasdom",
        # A server that hangs must cost a page two seconds, not the page.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
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
CELERY_RESULT_EXPIRES = None  # results are not kept, so beat needs no job that clears them away
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
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "woff", "woff2", "map"]
WHITENOISE_MANIFEST_STRICT = False  # a missing picture must not take its page down

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
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, past the proxy that speaks TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SITE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_HSTS_PRELOAD = SECURE_SITE
SESSION_COOKIE_SECURE = SECURE_SITE
CSRF_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
DEFAULT_EXCEPTION_REPORTER_FILTER = "vasdom.error_report.SecretsFilter"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- API
API_KEYS = ENV.items("API_SECRET_KEY")
CORS_ALLOWED_ORIGINS = ENV.origins("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "x-api-key", "x-requested-with"]
CORS_EXPOSE_HEADERS = ["Retry-After", "Content-Disposition", "X-Total-Count", "X-Total-Pages"]
API_REQUESTS_PER_MINUTE = {"key": 3000, "user": 1800, "anonymous": 60}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "vasdom.api_errors.handle_exception",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vasdom.authentication.KeyAuthentication",
        "vasdom.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["vasdom.throttling.MinuteThrottle"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "ВасДом API",
    "DESCRIPTION": "Дома, графики уборок, бригады и акты. Всё, что получено из Bitrix24, несёт свой возраст: "
    'data_as_of и stale. Ошибка любого вида — {"error": {"code", "message", "field"}}.',
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {
        "KnowledgeStateEnum": "knowledge.models.DocumentVersion.State",
        "CleaningTypeEnum": "houses.cleaning.CleaningType",
        "VisitStatusEnum": "houses.models.CleaningVisit.Status",
        "NotPossibleReasonEnum": "houses.models.CleaningVisit.Reason",
        "SyncKindEnum": "houses.models.SyncRun.Kind",
        "SyncStateEnum": "houses.models.SyncRun.State",
        "TaskKindEnum": "tasks.models.Task.Kind",
        "TaskStatusEnum": "tasks.models.Task.Status",
        "CallStatusEnum": "calls.models.Call.Status",
        "CallChannelEnum": "calls.models.Call.Channel",
        "CallEndingEnum": "calls.models.Call.Ending",
        "CallEventKindEnum": "calls.models.CallEvent.Kind",
    },
}

# --- Bitrix24
BITRIX24_WEBHOOK_URL = ENV.url(
    "BITRIX24_WEBHOOK_URL", ("http", "https"), "https://portal.bitrix24.ru/rest/1/код/", path=r"/rest/\d+/[^/]+/?"
)
BITRIX24_APPLICATION_TOKENS = ENV.items("BITRIX24_APPLICATION_TOKEN")
BITRIX24_CATEGORY_ID = ENV.integer("BITRIX24_CATEGORY_ID", 0, 1_000_000)

# --- outside services, each optional
OPENAI_API_KEY = ENV.text("OPENAI_API_KEY") or ENV.text("OPEN_AI_KEY")
OPENAI_BASE_URL = ENV.url("OPENAI_BASE_URL", ("http", "https"), "https://api.openai.com/v1")
OPENAI_STT_MODEL = ENV.text("OPENAI_STT_MODEL")
OPENAI_TTS_MODEL = ENV.text("OPENAI_TTS_MODEL")
YANDEX_API_KEY = ENV.text("YANDEX_API_KEY")
YANDEX_OAUTH_TOKEN = ENV.text("YANDEX_OAUTH_TOKEN")
YANDEX_FOLDER_ID = ENV.text("YANDEX_FOLDER_ID")
YANDEX_STT_ENDPOINT = ENV.endpoint("YANDEX_STT_ENDPOINT")
YANDEX_TTS_ENDPOINT = ENV.endpoint("YANDEX_TTS_ENDPOINT")
YANDEX_TTS_HTTP_URL = ENV.url("YANDEX_TTS_HTTP_URL", ("http", "https"), "https://tts.api.cloud.yandex.net/…")
YANDEX_IAM_URL = ENV.url("YANDEX_IAM_URL", ("http", "https"), "https://iam.api.cloud.yandex.net/…")
# These fill the assistant's first revision only; afterwards the admin is the truth.
LLM_MODEL_PRIMARY = ENV.text("LLM_MODEL_PRIMARY")
LLM_MODEL_FALLBACK = ENV.text("LLM_MODEL_FALLBACK")
LLM_TEMPERATURE = ENV.number("LLM_TEMPERATURE", 0, 1)
KB_TOP_K = ENV.integer("KB_TOP_K", 1, 20)
KB_FALLBACK_THRESHOLD = ENV.number("KB_FALLBACK_THRESHOLD", 0, 1)
TELEGRAM_BOT_TOKEN = ENV.text("TELEGRAM_BOT_TOKEN")
TELEGRAM_API_URL = ENV.url("TELEGRAM_API_URL", ("http", "https"), "https://api.telegram.org")
ARI_URL = ENV.url("ARI_URL", ("http", "https"), "http://127.0.0.1:8088")
ARI_USER = ENV.text("ARI_USER")
ARI_PASSWORD = ENV.text("ARI_PASSWORD")
ARI_APP = ENV.text("ARI_APP")
ARI_MEDIA_CLIENT = ENV.text("ARI_MEDIA_CLIENT")
ARI_MEDIA_PORT = ENV.integer("ARI_MEDIA_PORT", 1, 65535)
ASTERISK_CDR_CSV = ENV.text("ASTERISK_CDR_CSV")
GOOGLE_MAPS_API_KEY = ENV.text("GOOGLE_MAPS_API_KEY")
DEMO = ENV.flag("DEMO")

LOG_LEVEL = ENV.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "vasdom.logs.MaskingFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "secrets": ENV.secrets(),
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would print these twice, or only with DEBUG.
        "django": {"handlers": [], "propagate": True},
        # At INFO and DEBUG these print addresses, and addresses hold tokens and questions.
        **{name: {"level": "WARNING"} for name in ("httpx", "httpx2", "httpcore", "urllib3", "openai", "aiohttp")},
        # Twisted announces every socket it opens.
        "daphne": {"level": "WARNING"},
        # Jobs run every few seconds: those that fail are worth a line, and what a job returns is worth none.
        **{name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy")},
        "PIL": {"level": "INFO"},
    },
}
