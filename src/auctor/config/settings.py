"""Django's settings, made from the environment. Imported by name only (`DJANGO_SETTINGS_MODULE`)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from auctor.config.environment import environment
from auctor.config.mail import mail_settings
from auctor.tenancy import roles, server

ENV = environment()

# --- what the floors below read -------------------------------------------------------------------------------
AUCTOR_DATA: Path = ENV.data
AUCTOR_ENVIRONMENT = ENV
AUCTOR_ADDRESS = ENV.address
AUCTOR_CONTEXT_KEY = roles.context_key(ENV.data)
AUCTOR_ROOT_KEY_URI = ENV.root_key_uri
AUCTOR_ROOT_KEY_CREDENTIALS = ENV.root_key_credentials
AUCTOR_SERVER = server.locate(ENV.data, ENV.database)
AUCTOR_DEVELOPMENT = ENV.development
AUCTOR_SIGN_UP = ENV.sign_up
AUCTOR_PILOT_DAYS = ENV.pilot_days
AUCTOR_WORKER_CONCURRENCY = ENV.worker_concurrency
AUCTOR_WITNESS_FOLDER = ENV.witness_folder
AUCTOR_STAND_INS = dict(ENV.stand_ins)
AUCTOR_TRUSTED_PROXIES = tuple(ENV.trusted_proxies)

# --- the database -----------------------------------------------------------------------------------------------


def _database(role: str) -> dict[str, Any]:
    words = {k: str(v) for k, v in conninfo_to_dict(roles.dsn(AUCTOR_SERVER, role, ENV.data)).items()}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "auctor.tenancy.backend",
        "ATOMIC_REQUESTS": role == "auctor_app",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {k: v for k, v in words.items() if k not in named},
        **{django: words.get(word, "") for word, django in named.items()},
    }


DATABASES = {"default": _database("auctor_app"), "reader": _database("auctor_reader")}
DATABASE_ROUTERS = ["auctor.tenancy.routing.ReaderRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the apps ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "auctor.tenancy.apps.TenancyConfig",
    "auctor.jobs.apps.JobsConfig",
    "auctor.vault.apps.VaultConfig",
    "auctor.audit.apps.AuditConfig",
    "auctor.identity.apps.IdentityConfig",
    "auctor.connectors.apps.ConnectorsConfig",
    "auctor.crm.apps.CrmConfig",
    "auctor.risk.apps.RiskConfig",
    "auctor.web.apps.WebConfig",
]

# --- sign-in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Needs no further package, and costs an attacker memory.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email"]}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "auctor.identity.adapters.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "auctor.identity.forms.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# allauth counts in a cache, each process for itself; identity.limits counts for all of them in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
MFA_ADAPTER = "auctor.identity.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "auctor.identity.forms.AuthenticateForm",
    "activate_totp": "auctor.identity.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "auctor"
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "auctor.identity.adapters.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
# The issuer is chosen by whoever runs the installation, so an address that it calls verified is believed.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": ENV.oidc_name,
                "client_id": ENV.oidc_client_id,
                "secret": ENV.oidc_client_secret.get_secret_value(),
                "settings": {"server_url": ENV.oidc_issuer},
            }
        ]
        if ENV.oidc_issuer
        else [],
    }
}

# --- the web ----------------------------------------------------------------------------------------------------
SECRET_KEY = roles.web_key(ENV.data)
DEBUG = False
_HOST = urlsplit(ENV.address).hostname or "localhost"
ALLOWED_HOSTS = sorted({_HOST, "localhost", "127.0.0.1", "[::1]", *ENV.allowed_hosts})
ROOT_URLCONF = "auctor.config.urls"
WSGI_APPLICATION = "auctor.config.wsgi.application"
MIDDLEWARE = [
    "auctor.web.middleware.RequestMiddleware",
    "auctor.web.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "auctor.web.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "auctor.identity.middleware.ScopeMiddleware",
    "auctor.web.middleware.ErrorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "auctor.web.context.shell",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = ENV.data / "static"
LANGUAGE_CODE = "en"
# The product speaks English alone; looking up the language of each number is a tenth of what a table costs.
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- security headers and cookies ---------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-session"
CSRF_USE_SESSIONS = False
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_FAILURE_VIEW = "auctor.web.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "auctor.identity.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_HSTS_SECONDS = 63_072_000
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- mail, logs -----------------------------------------------------------------------------------------------------
globals().update(mail_settings(ENV))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = str(ENV.mail_from)
LOGGING_CONFIG = "auctor.config.logs.configure"
LOGGING = {"level": ENV.log_level, "format": ENV.log_format}
