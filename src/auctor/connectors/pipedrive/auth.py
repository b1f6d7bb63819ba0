"""Pipedrive's record. Figures: its description of the API and its page on rate limits."""

from auctor.connectors.pipedrive.read import OPERATIONS
from auctor.connectors.vendor import ClientProof, Quota, Site, Vendor

_DAY = 24 * 3600

VENDOR = Vendor(
    name="pipedrive",
    label="Pipedrive",
    sites=(Site("", "Pipedrive", "https://oauth.pipedrive.com", "https://oauth.pipedrive.com"),),
    authorize_path="/oauth/authorize",
    token_path="/oauth/token",  # noqa: S106 - a path
    hosts=("oauth.pipedrive.com", "*.pipedrive.com"),
    read_scopes=("base", "deals:read", "activities:read", "contacts:read", "users:read", "recents:read", "mail:read"),
    write_scopes=("deals:full", "activities:full", "deal-fields:full"),
    operations=OPERATIONS,
    quotas=(
        # In tokens of the vendor, for one seat; no header shows what is left of it.
        Quota("day", 30_000, _DAY, reserve=30, plans={"growth": 60_000, "premium": 150_000, "ultimate": 210_000}),
        Quota("burst", 80, 2, plans={"growth": 160, "premium": 400, "ultimate": 480}),
        Quota("search", 10, 2, search_only=True),
    ),
    account="account",
    account_fields=("data.company_id", "data.company_name"),
    access_seconds=3599,
    base_from="api_domain",
    has_pkce=False,
    client_proof=ClientProof.BASIC,
    refresh_days=60,
    setup=(
        "In Pipedrive's Developer Hub, make a private app.",
        "Paste the redirect address (Callback URL) into it and tick the scopes below.",
        "Copy its client id and client secret.",
    ),
)
