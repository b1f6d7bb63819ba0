"""Zoho CRM's record. Figures: its page on API limits; version 8 of the API."""

from auctor.connectors.vendor import Quota, QuotaScope, Site, Vendor
from auctor.connectors.zoho.read import OPERATIONS

_DAY = 24 * 3600
_CENTRES = (
    ("us", "United States", "com"),
    ("eu", "Europe", "eu"),
    ("in", "India", "in"),
    ("au", "Australia", "com.au"),
    ("jp", "Japan", "jp"),
)

VENDOR = Vendor(
    name="zoho",
    label="Zoho CRM",
    sites=tuple(
        Site(key, label, f"https://accounts.zoho.{end}", f"https://accounts.zoho.{end}", f"https://www.zohoapis.{end}")
        for key, label, end in _CENTRES
    ),
    authorize_path="/oauth/v2/auth",
    token_path="/oauth/v2/token",  # noqa: S106 - a path
    revoke_path="/oauth/v2/token/revoke",
    hosts=tuple(f"{host}.{end}" for _key, _label, end in _CENTRES for host in ("accounts.zoho", "www.zohoapis")),
    read_scopes=(
        "ZohoCRM.modules.ALL",
        "ZohoCRM.coql.READ",
        "ZohoCRM.settings.fields.ALL",
        "ZohoCRM.settings.modules.READ",
        "ZohoCRM.settings.pipeline.ALL",
        "ZohoCRM.users.READ",
        "ZohoCRM.org.READ",
    ),
    write_scopes=(),
    scope_separator=",",
    # Without these two there is no refresh token, and a second sign-in would not bring one either.
    authorize_words={"access_type": "offline", "prompt": "consent"},
    operations=OPERATIONS,
    quotas=(
        Quota("day", 50_000, _DAY, reserve=30, plans={"free": 5_000}),
        Quota("burst", 10, 1, QuotaScope.CLIENT),
    ),
    account="account",
    account_fields=("org.0.zgid", "org.0.company_name"),
    access_seconds=3600,
    base_from="api_domain",
    site_from="accounts-server",
    authorization="Zoho-oauthtoken",
    setup=(
        "In the API console of your data centre, add a server-based application.",
        "Paste the redirect address below into it, and switch Multi-DC on if you choose another data centre here.",
        "Copy its client id and client secret.",
    ),
)
