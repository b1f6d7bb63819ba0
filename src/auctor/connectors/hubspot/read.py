"""The calls that are made of HubSpot."""

from auctor.connectors.vendor import Operation

_LIST = frozenset({"limit", "after", "properties", "associations", "archived"})

OPERATIONS = (
    Operation("account", "GET", "/account-info/2026-03/details"),
    Operation("deals.list", "GET", "/crm/objects/2026-03/deals", _LIST),
    Operation("contacts.list", "GET", "/crm/objects/2026-03/contacts", _LIST),
    Operation("companies.list", "GET", "/crm/objects/2026-03/companies", _LIST),
    Operation("owners.list", "GET", "/crm/owners/2026-03", frozenset({"limit", "after", "archived"})),
    Operation(
        "deals.search",
        "POST",
        "/crm/objects/2026-03/deals/search",
        body=frozenset({"filterGroups", "sorts", "properties", "limit", "after"}),
        is_search=True,
    ),
    Operation("uninstall", "DELETE", "/appinstalls/2026-03/external-install", is_write=True),
)
