"""What a person in Salesforce's pages can do, and what a test may want of the organisation."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from auctor.twins.ground.twin import Act, BadAct
from auctor.twins.salesforce.org import Org, Settings
from auctor.twins.salesforce.schema import Field
from auctor.twins.salesforce.store import Row, stamp
from auctor.twins.salesforce.writing import delete, insert, merge, undelete, update

Wish = dict[str, Any]


def acts_of(org: Org) -> Mapping[str, Act]:
    """Every act by its name. Each takes one JSON object."""
    return {
        "create": lambda wish: _create(org, wish),
        "edit": lambda wish: _edit(org, wish),
        "delete": lambda wish: delete(org, _row(org, wish)),
        "undelete": lambda wish: undelete(org, _row(org, wish)),
        "purge": lambda wish: org.store.remove(_row(org, wish)),
        "merge": lambda wish: merge(org, _named(org, wish["winner"]), _named(org, wish["loser"])),
        "generate": lambda wish: _generate(org, wish),
        "truth": lambda wish: [dict(row.values) for row in org.store.all(_kind_name(org, wish))],
        "settings": lambda wish: _settings(org, wish),
        "quota": lambda wish: _quota(org, wish),
        "field": lambda wish: _field(org, wish),
        "client": lambda wish: _client(org, wish),
        "session": lambda wish: {"token": org.sessions.grant("", tuple(wish.get("scopes", ("api",)))).token},
        "forget-token": lambda wish: org.sessions.open.pop(wish["token"], None) and None,
        "revoke": lambda _wish: _revoke_all(org),
    }


def _kind_name(org: Org, wish: Wish) -> str:
    return org.kinds[str(wish["type"]).lower()].name


def _named(org: Org, row_id: str) -> Row:
    kind = org.kind_of_id(row_id)
    row = org.store.find(kind.name, row_id) if kind else None
    if row is None:
        raise BadAct(f"There is no record {row_id}.")
    return row


def _row(org: Org, wish: Wish) -> Row:
    return _named(org, str(wish["id"]))


def _create(org: Org, wish: Wish) -> Wish:
    return dict(insert(org, org.kinds[str(wish["type"]).lower()], wish["values"]).values)


def _edit(org: Org, wish: Wish) -> Wish:
    """`values` as the API takes them; `raw` sets anything, a date of the last change among it."""
    row = _row(org, wish)
    if "values" in wish:
        update(org, org.kinds[row.kind.lower()], row, wish["values"])
    row.values |= wish.get("raw", {})
    return dict(row.values)


def _generate(org: Org, wish: Wish) -> Wish:
    """Many rows of one moment."""
    kind = org.kinds[str(wish["type"]).lower()]
    made = [insert(org, kind, wish["values"]) for _ in range(int(wish["count"]))]
    if at := wish.get("at"):
        moment = stamp(datetime.fromisoformat(at))
        for row in made:
            row.values |= {"SystemModstamp": moment, "LastModifiedDate": moment, "CreatedDate": moment}
    return {"first": made[0].id, "last": made[-1].id}


def _settings(org: Org, wish: Wish) -> Wish:
    known = {one.name for one in fields(Settings)}
    if unknown := set(wish) - known:
        raise BadAct(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}.")
    for name, value in wish.items():
        setattr(org.settings, name, value)
    return asdict(org.settings)


def _quota(org: Org, wish: Wish) -> Wish:
    """Calls a day; 0 refuses none."""
    org.calls.limit = int(wish.get("daily", org.calls.limit))
    return {"daily": org.calls.limit}


def _field(org: Org, wish: Wish) -> None:
    """Add a field (`type`, `name`, `of`, `external`), hide one (`hidden`: true) or show it (false)."""
    kind = org.kinds[str(wish["type"]).lower()]
    name = str(wish["name"])
    if name.lower() not in kind.fields:
        external = bool(wish.get("external"))
        org.add_field(kind.name, Field(name, str(wish.get("of", "string")), (), True, True, False, external))
    hidden = [one for one in org.settings.hidden.get(kind.name, []) if one != name]
    org.settings.hidden[kind.name] = [*hidden, name] if wish.get("hidden") else hidden


def _client(org: Org, wish: Wish) -> None:
    client = org.desk.clients[wish["id"]]
    client.redirects = tuple(wish.get("redirects", client.redirects))


def _revoke_all(org: Org) -> None:
    """An administrator blocks the application."""
    for grant in org.sessions.grants:
        org.sessions.revoke(grant)
