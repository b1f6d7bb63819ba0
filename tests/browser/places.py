"""Every address of the installation: which of them are pages, and how a browser comes there."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# Pages for whoever is signed in, by the name of their address.
OWN = {
    "home": "/inbox/",
    "inbox": "/inbox/",
    "deals": "/deals/",
    "forecast": "/forecast/",
    "actions": "/actions/",
    "contacts": "/contacts/",
    "reports": "/reports/",
    "signals": "/signals/",
    "replays": "/replays/",
    "integrations": "/integrations/",
    "integrations-import": "/integrations/import/",
    "team": "/team/",
    "team-invite": "/team/invite/",
    "settings": "/settings/",
    "settings-you": "/settings/you/",
    "settings-close": "/settings/close/",
    "settings-tokens": "/settings/tokens/",
    "settings-tokens-new": "/settings/tokens/new/",
    "sessions": "/sessions/",
    "jobs": "/jobs/",
    "jobs-failures": "/jobs/failures/",
    "jobs-timetable": "/jobs/timetable/",
    "audit": "/audit/",
    "audit-checkpoint": "/audit/checkpoint/",
    "audit-export": "/audit/export/",
    "workspaces": "/workspaces/",
    "styleguide": "/styleguide/",
    "account_logout": "/account/logout/",
    "account_reauthenticate": "/account/reauthenticate/",
    "account_email": "/account/email/",
    "account_change_password": "/account/password/change/",
    "mfa_index": "/account/2fa/",
    "mfa_deactivate_totp": "/account/2fa/totp/deactivate/",
    "mfa_list_webauthn": "/account/2fa/webauthn/",
    "mfa_add_webauthn": "/account/2fa/webauthn/add/",
    "mfa_view_recovery_codes": "/account/2fa/recovery-codes/",
    "mfa_generate_recovery_codes": "/account/2fa/recovery-codes/generate/",
}
# Pages below another one, whose address holds an id: where a link leads there, and how its address looks.
BELOW = {
    "team-member": ("/team/", "main a[href^='/team/0']"),
    "mfa_edit_webauthn": ("/account/2fa/webauthn/", "main a[href$='/edit/']"),
    "mfa_remove_webauthn": ("/account/2fa/webauthn/", "main a[href$='/remove/']"),
}
# Pages for everybody.
OPEN = {
    "account_login": "/account/login/",
    "account_inactive": "/account/inactive/",
    "account_email_verification_sent": "/account/confirm-email/",
    "account_confirm_email": "/account/confirm-email/invented/",
    "account_reset_password": "/account/password/reset/",
    "account_reset_password_done": "/account/password/reset/done/",
    "account_reset_password_from_key": "/account/password/reset/key/1-set-password/",
    "account_reset_password_from_key_done": "/account/password/reset/key/done/",
    "openid_connect_login": "/account/oidc/sso/login/",
    "socialaccount_login_cancelled": "/account/3rdparty/login/cancelled/",
    "socialaccount_login_error": "/account/3rdparty/login/error/",
    "sign-up": "/sign-up/",
    "account_signup": "/account/signup/",
    "demo": "/demo/invented/",
    "": "/there-is-no-such-page/",
}
# Pages that need deals; `test_demo.py` goes there.
DEMO = {"deals-deal", "replays-run", "replays-compare"}
# Pages of files that were sent; `test_import.py` goes there.
IMPORT = {"integrations-import-one", "integrations-import-columns", "integrations-import-values"}
# Where a link leads that is good once; the journeys and `TestOnce` go there.
ONCE = {"first-owner", "invitation", "mfa_authenticate", "mfa_activate_totp"}
# Addresses without a page of their own, and what they are.
NO_PAGE = {
    "livez": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
    "audit-checkpoint-file": "a file",
    "audit-verifier": "a file",
    "workspaces-menu": "a part of the menu",
    "styleguide-progress": "a part of a sample",
    "inbox-progress": "a part of the inbox",
    "inbox-deal": "a part of the inbox",
    "inbox-known": "takes forms only",
    "inbox-not-a-risk": "takes forms only",
    "inbox-snooze": "takes forms only",
    "inbox-right": "takes forms only",
    "inbox-undo": "takes forms only",
    "signals-thresholds": "takes forms only",
    "signals-mute": "takes forms only",
    "signals-unmute": "takes forms only",
    "signals-measure": "takes forms only",
    "replays-start": "takes forms only",
    "integrations-import-progress": "a part of an import's page",
    "integrations-import-confirm": "takes forms only",
    "integrations-import-again": "takes forms only",
    "integrations-import-cancel": "takes forms only",
    "integrations-import-problems": "a file",
    "replays-forget": "takes forms only",
    "replays-progress": "a part of a replay's page",
    "deals-timeline": "a part of a deal's page",
    "deals-pause": "takes forms only",
    "deals-resume": "takes forms only",
    "deals-close": "takes forms only",
    "deals-amount": "takes forms only",
    "deals-forecast": "takes forms only",
    "account_set_password": "leads to changing it for whoever has one",
    "openid_connect_callback": "where the issuer sends people back to",
    "socialaccount_signup": "leads to sign-in for whoever does not come from an issuer",
    "jobs-retry": "takes forms only",
    "jobs-cancel": "takes forms only",
    "team-withdraw": "takes forms only",
    "team-remove": "takes forms only",
    "settings-tokens-revoke": "takes forms only",
    "sessions-revoke": "takes forms only",
    "sessions-revoke-others": "takes forms only",
    "workspaces-switch": "takes forms only",
}


def names(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The name of every address outside the API."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith("api/"):
                yield from names(entry.url_patterns)
        else:
            yield entry.name or str(entry.pattern)
