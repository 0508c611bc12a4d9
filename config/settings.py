"""Every setting, from environment variables; the README's table lists them.

Without DATABASE_URL the embedded PostgreSQL serves and secrets are made and kept under var/.
With it, this is a production deployment and nothing secret is made up.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue
from psycopg.conninfo import conninfo_to_dict

from config import embedded, logs, secrets_file

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
EMBEDDED = not env.str("DATABASE_URL", "")
VAR_DIR = embedded.var_dir()


def required(name: str, why: str) -> str:
    """A value production must be given; embedded deployments keep one of their own."""
    if value := env.str(name, ""):
        return str(value)
    if EMBEDDED:
        return secrets_file.value(VAR_DIR, name)
    raise ImproperlyConfigured(f"Set the environment variable {name}: {why}")


# --- secrets ---------------------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY", "a long random string that signs sessions.")
# The first key encrypts; all of them decrypt, so a key is rotated by putting a new one in front.
CREDENTIAL_KEYS = required(
    "CREDENTIAL_KEYS",
    "one or more keys that encrypt vendor credentials, separated by commas. "
    "Make one with: python manage.py new_credential_key",
).split(",")

# --- where we are reached ------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
BASE_DOMAIN = env.str("BASE_DOMAIN", "localhost")  # tenants are <name>.BASE_DOMAIN
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[f".{BASE_DOMAIN}", "localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_COOKIES = env.bool("SECURE_COOKIES", not EMBEDDED)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # load balancers ask by plain HTTP
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0)
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True

ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"

# --- vendors -----------------------------------------------------------------------------------

# Connections to this machine or a private network are refused unless a deployment opts in
# (on-premises ConnectWise, the simulators).
ALLOW_PRIVATE_VENDOR_HOSTS = env.bool("ALLOW_PRIVATE_VENDOR_HOSTS", EMBEDDED)
VENDOR_CA_BUNDLE = env.str("VENDOR_CA_BUNDLE", "")
PAGE_ARCHIVE_DAYS = env.int("PAGE_ARCHIVE_DAYS", 30)

# --- the database -----------------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    try:
        parts = conninfo_to_dict(url)
    except Exception as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL is not a PostgreSQL address ({type(error).__name__}). "
            "It looks like postgresql://user:password@host:5432/database"
        ) from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[name]: str(value) for name, value in parts.items() if name in names}
    options = {name: value for name, value in parts.items() if name not in names}
    return known | {"OPTIONS": options}


DATABASE_URL = env.str("DATABASE_URL", "") or embedded.postgres().url
DATABASES = {
    "default": _database(DATABASE_URL) | {"ENGINE": "django_tenants.postgresql_backend", "CONN_MAX_AGE": 0}
}
DATABASES["default"]["ATOMIC_REQUESTS"] = True
# A connection that visits many schemas grows; it is replaced after ten minutes.
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 0,
    "max_size": env.int("DATABASE_POOL_SIZE", 10),
    "max_lifetime": 600,
    "timeout": 10,
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# --- tenants ------------------------------------------------------------------------------------

TENANT_MODEL = "directory.Msp"
TENANT_DOMAIN_MODEL = "directory.Domain"
TENANT_LIMIT_SET_CALLS = True
SHARED_APPS = [
    "unfold",  # before django_tenants, whose admin templates would win otherwise
    "unfold.contrib.filters",
    "django_tenants",
    "tenants.directory",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
# The search path is "tenant, then public": no table of ours may exist in both.
OUR_APPS = ["tenants", "connectors", "kpis", "insights"]
TENANT_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    *OUR_APPS,
]
# Ours first: the command create_tenant is ours and not django_tenants'.
INSTALLED_APPS = [*OUR_APPS, *SHARED_APPS]

MIDDLEWARE = [
    "config.security.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# --- pages --------------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = True  # a clean clone serves its pages without a collectstatic
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # for how long a new account's address of welcome is good
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]

# --- work in the background --------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or embedded.broker().url
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", "deskmetry")  # several deployments may share a broker
# What waits for a language model has a queue of its own, so that no sync waits behind it. A worker that is not told
# otherwise serves both.
INSIGHTS_QUEUE = f"{CELERY_TASK_DEFAULT_QUEUE}-insights"
CELERY_TASK_QUEUES = [Queue(CELERY_TASK_DEFAULT_QUEUE), Queue(INSIGHTS_QUEUE)]
CELERY_TASK_ROUTES = {"insights.propose": {"queue": INSIGHTS_QUEUE}}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers log as everybody does, secrets masked
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 6 * 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Living workers renew their hold on a task (config/held_tasks.py); a dead one's goes back to the queue.
TASK_HELD_FOR_SECONDS = env.int("TASK_HELD_FOR_SECONDS", 60)
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": TASK_HELD_FOR_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {}
)
CELERY_BEAT_SCHEDULER = "config.celery.Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- the API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.roles.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["tenants.api.rendering.FiguresRenderer"],
    "DEFAULT_PAGINATION_CLASS": "tenants.api.paging.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "tenants.api.openapi.ResourceSchema",
    "EXCEPTION_HANDLER": "tenants.api.errors.error_response",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # ?format= would be one more way to ask; Accept it is
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Deskmetry API",
    "DESCRIPTION": "Service-desk figures of one MSP, read-only. The tenant follows from the token. "
    "Lists come in pages: follow `next` (or the Link header) until it is null. Who a row is about is told as far "
    "as the MSP's privacy mode allows: unless it names technicians, tickets come without their owner.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # asks nobody else about the document
}

# --- logs -----------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
logs.configure()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}

UNFOLD = {
    "SITE_TITLE": "Deskmetry",
    "SITE_HEADER": "Deskmetry",
    "SITE_SUBHEADER": "Service-desk intelligence",
    "SITE_SYMBOL": "monitoring",
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "kpis.home.dashboard.dashboard",
}
UNFOLD_OPERATOR = UNFOLD | {"SITE_SUBHEADER": "Operators", "DASHBOARD_CALLBACK": None}
