"""Salesforce's record. Figures: its API limits quick reference; version 59 of the API."""

from auctor.connectors.salesforce.read import OPERATIONS
from auctor.connectors.vendor import Quota, Site, Vendor

_DAY = 24 * 3600

VENDOR = Vendor(
    name="salesforce",
    label="Salesforce",
    sites=(
        Site("production", "Production", "https://login.salesforce.com", "https://login.salesforce.com"),
        Site("sandbox", "Sandbox", "https://test.salesforce.com", "https://test.salesforce.com"),
    ),
    own_site="*.my.salesforce.com",
    authorize_path="/services/oauth2/authorize",
    token_path="/services/oauth2/token",  # noqa: S106 - a path
    revoke_path="/services/oauth2/revoke",
    hosts=("login.salesforce.com", "test.salesforce.com", "*.my.salesforce.com"),
    read_scopes=("api", "refresh_token"),
    write_scopes=(),
    operations=OPERATIONS,
    # The organisation's own budget, shared with everything else that it runs: most of it is left alone.
    quotas=(
        Quota("day", 100_000, _DAY, reserve=80, plans={"developer": 15_000, "unlimited": 200_000}),
        Quota("burst", 25, 1),
    ),
    account="account",
    account_fields=("organization_id", "name"),
    # The answer does not say how long a token lives: the session's time-out does, and use extends it.
    access_seconds=7200,
    base_from="instance_url",
    rotates_refresh=True,
    refresh_days=30,
    setup=(
        "In Salesforce Setup, open External Client App Manager and make an external client app with OAuth.",
        "Paste the redirect address and the scopes below into it, and require Proof Key for Code Exchange.",
        "Switch refresh token rotation on, then copy the consumer key (client id) and consumer secret.",
    ),
)
