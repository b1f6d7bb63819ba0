"""The calls that are made of Salesforce."""

from auctor.connectors.vendor import Operation

OPERATIONS = (
    Operation("account", "GET", "/services/oauth2/userinfo"),
    Operation("query", "GET", "/services/data/v59.0/query", frozenset({"q"})),
    Operation("query.more", "GET", "/services/data/v59.0/query/{cursor}"),
    Operation("limits", "GET", "/services/data/v59.0/limits"),
)
