"""The calls that are made of Pipedrive, with the tokens that each costs."""

from auctor.connectors.vendor import Operation

_LIST = frozenset({"limit", "cursor", "sort_by", "sort_direction", "updated_since", "updated_until"})

OPERATIONS = (
    Operation("account", "GET", "/v1/users/me", cost=2),
    Operation("deals.list", "GET", "/api/v2/deals", _LIST | {"status"}, cost=10),
    Operation("deals.archived", "GET", "/api/v2/deals/archived", _LIST, cost=20),
    Operation("persons.list", "GET", "/api/v2/persons", _LIST, cost=10),
    Operation("organizations.list", "GET", "/api/v2/organizations", _LIST, cost=10),
    Operation("users.list", "GET", "/v1/users", cost=20),
)
