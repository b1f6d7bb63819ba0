"""HubSpot's record. Figures: its usage guidelines and its API of 2026-03."""

from auctor.connectors.hubspot.read import OPERATIONS
from auctor.connectors.vendor import Quota, QuotaScope, Site, Vendor

VENDOR = Vendor(
    name="hubspot",
    label="HubSpot",
    sites=(Site("", "HubSpot", "https://app.hubspot.com", "https://api.hubapi.com", "https://api.hubapi.com"),),
    authorize_path="/oauth/authorize",
    token_path="/oauth/2026-03/token",  # noqa: S106 - a path
    revoke_path="/oauth/2026-03/token/revoke",
    hosts=("app.hubspot.com", "api.hubapi.com"),
    read_scopes=(
        "oauth",
        "crm.objects.deals.read",
        "crm.objects.contacts.read",
        "crm.objects.companies.read",
        "crm.objects.owners.read",
        "crm.schemas.deals.read",
        "sales-email-read",
    ),
    write_scopes=("crm.objects.deals.write", "crm.objects.contacts.write", "crm.schemas.deals.write"),
    optional_scopes_in="optional_scope",
    operations=OPERATIONS,
    quotas=(
        Quota("burst", 110, 10, QuotaScope.CLIENT, plans={"private": 100}),
        # Shared by every program that works on the account, and told in no header.
        Quota("search", 5, 1, reserve=20, search_only=True),
    ),
    account="account",
    account_fields=("portalId", "uiDomain"),
    access_seconds=1800,
    uninstall="uninstall",
    setup=(
        "In HubSpot, open Development, Projects, and make an app with the authentication OAuth.",
        "Paste the redirect address and the scopes below into it.",
        "Copy its client id and client secret from the page Auth.",
    ),
)
