"""The calls that are made of Zoho CRM, with the credits that each costs."""

from auctor.connectors.vendor import Operation

OPERATIONS = (
    Operation("account", "GET", "/crm/v8/org"),
    Operation("deals.list", "GET", "/crm/v8/Deals", frozenset({"fields", "per_page", "page_token"})),
    Operation("users.list", "GET", "/crm/v8/users", frozenset({"type", "per_page", "page"})),
)
