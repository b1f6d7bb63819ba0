"""What a person in HubSpot's pages can do, and what a test may want of the account."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from auctor.twins.ground.twin import Act, BadAct
from auctor.twins.hubspot.linking import tie, untie
from auctor.twins.hubspot.portal import Portal, Settings
from auctor.twins.hubspot.schema import ALL_SCOPES, Property
from auctor.twins.hubspot.shapes import to_object
from auctor.twins.hubspot.store import BY_HAND, Editor, names_of, stamp
from auctor.twins.hubspot.validating import to_values
from auctor.twins.hubspot.writing import merge

Wish = dict[str, Any]


def acts_of(portal: Portal) -> Mapping[str, Act]:
    """Every act by its name. Each takes one JSON object; `at` dates a change otherwise than now."""
    return {
        "create": lambda wish: _create(portal, wish),
        "edit": lambda wish: _edit(portal, wish),
        "archive": lambda wish: _archive(portal, wish),
        "restore": lambda wish: _restore(portal, wish),
        "purge": lambda wish: _purge(portal, wish),
        "merge": lambda wish: _merge(portal, wish),
        "associate": lambda wish: _associate(portal, wish),
        "dissociate": lambda wish: _dissociate(portal, wish),
        "generate": lambda wish: _generate(portal, wish),
        "truth": lambda wish: _truth(portal, wish),
        "settings": lambda wish: _settings(portal, wish),
        "quota": lambda wish: _quota(portal, wish),
        "owner": lambda wish: _owner(portal, wish),
        "stage": lambda wish: _stage(portal, wish),
        "property": lambda wish: _property(portal, wish),
        "client": lambda wish: _client(portal, wish),
        "private-app": lambda wish: {"token": portal.tokens.make_private(frozenset(wish.get("scopes", ALL_SCOPES)))},
        "forget-token": lambda wish: portal.tokens.forget(wish["token"]),
        "revoke": lambda wish: portal.tokens.revoke(wish["refresh_token"]),
        "uninstall": lambda _wish: portal.tokens.uninstall(),
        "webhooks": lambda wish: _webhooks(portal, wish),
    }


def _editor(portal: Portal, wish: Wish) -> Editor:
    at = datetime.fromisoformat(wish["at"]) if wish.get("at") else portal.clock.now()
    return Editor(at, wish.get("source", BY_HAND))


def _create(portal: Portal, wish: Wish) -> Wish:
    kind = portal.kind(wish["type"])
    values = to_values(portal, kind, wish.get("properties", {}))
    record = portal.store.add(kind, values, _editor(portal, wish))
    for other, other_id in wish.get("associations", []):
        tie(portal, (kind, record.id), (portal.kind(other), str(other_id)), [])
    return to_object(portal, record)


def _edit(portal: Portal, wish: Wish) -> Wish:
    """Also what a stage is moved by: `{"type": "deals", "id": "…", "properties": {"dealstage": "…"}}`."""
    record = portal.store.get(portal.kind(wish["type"]), str(wish["id"]))
    values = to_values(portal, record.kind, wish["properties"], record)
    portal.store.edit(record, values, _editor(portal, wish))
    return to_object(portal, record)


def _archive(portal: Portal, wish: Wish) -> None:
    portal.store.archive(portal.store.get(portal.kind(wish["type"]), str(wish["id"])), _editor(portal, wish))


def _restore(portal: Portal, wish: Wish) -> None:
    record = portal.store.get(portal.kind(wish["type"]), str(wish["id"]), archived=True)
    portal.store.restore(record, _editor(portal, wish))


def _purge(portal: Portal, wish: Wish) -> None:
    portal.store.purge(portal.store.get(portal.kind(wish["type"]), str(wish["id"]), archived=None))


def _merge(portal: Portal, wish: Wish) -> Wish:
    return to_object(portal, merge(portal, portal.kind(wish["type"]), str(wish["primary"]), str(wish["other"])))


def _associate(portal: Portal, wish: Wish) -> None:
    labels = [(str(category), int(number)) for category, number in wish.get("labels", [])]
    tie(portal, *_ends(portal, wish), labels)


def _dissociate(portal: Portal, wish: Wish) -> None:
    untie(portal, *_ends(portal, wish))


def _ends(portal: Portal, wish: Wish) -> tuple[tuple[str, str], tuple[str, str]]:
    (kind, one), (other, two) = wish["from"], wish["to"]
    return (portal.kind(kind), str(one)), (portal.kind(other), str(two))


def _generate(portal: Portal, wish: Wish) -> Wish:
    """Many records at once, all of one moment: an import, or the vendor's own nightly run."""
    kind, editor = portal.kind(wish["type"]), _editor(portal, wish)
    values = to_values(portal, kind, wish.get("properties", {}))
    made = [portal.store.add(kind, values, editor) for _ in range(int(wish["count"]))]
    return {"first": made[0].id, "last": made[-1].id}


def _truth(portal: Portal, wish: Wish) -> list[Wish]:
    """Everything of a kind as it really is, archived ones too, with all properties and links."""
    kind = portal.kind(wish["type"])
    found = []
    for record in portal.store.all(kind, archived=None):
        told = to_object(portal, record, names_of(record))
        others = [portal.kind(name) for name in wish.get("associations", [])]
        told["links"] = {other: sorted(portal.store.links.of(kind, record.id, other), key=int) for other in others}
        found.append(told)
    return found


def _settings(portal: Portal, wish: Wish) -> Wish:
    known = {one.name for one in fields(Settings)}
    if unknown := set(wish) - known:
        raise BadAct(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}.")
    for name, value in wish.items():
        setattr(portal.settings, name, value)
    return {name: getattr(portal.settings, name) for name in sorted(known)}


def _quota(portal: Portal, wish: Wish) -> Wish:
    """Calls in ten seconds (OAuth, private), a day and searches in a second; 0 refuses none."""
    windows = {
        "oauth": portal.oauth_calls, "private": portal.private_calls, "daily": portal.daily_calls,
        "searches": portal.searches,
    }  # fmt: skip
    for name, limit in wish.items():
        windows[name].limit = int(limit)
    return {name: window.limit for name, window in windows.items()}


def _owner(portal: Portal, wish: Wish) -> Wish:
    """Deactivate or bring back somebody: `{"id": "…", "archived": true}`."""
    owner = next(one for one in portal.owners if one["id"] == str(wish["id"]))
    owner["archived"] = bool(wish["archived"])
    owner["userId"] = None if owner["archived"] else owner["userIdIncludingInactive"]
    owner["updatedAt"] = stamp(portal.clock.now())
    return dict(owner)


def _stage(portal: Portal, wish: Wish) -> Wish:
    """Rename, move, add or take away a stage by `pipeline` and `id`: `label`, `displayOrder`, `archived`."""
    pipeline = next(one for one in portal.pipelines["deals"] if one["id"] == wish["pipeline"])
    stage = next((one for one in pipeline["stages"] if one["id"] == wish["id"]), None)
    if stage is None:
        first = pipeline["stages"][0]
        stage = {**first, "id": wish["id"], "metadata": dict(first["metadata"])}
        pipeline["stages"].append(stage)
    stage.update({name: wish[name] for name in ("label", "displayOrder", "archived", "metadata") if name in wish})
    stage["updatedAt"] = stamp(portal.clock.now())
    pipeline["stages"].sort(key=lambda one: int(one["displayOrder"]))
    return dict(stage)


def _property(portal: Portal, wish: Wish) -> None:
    """Add a property, or take one away even if it is the vendor's: `{"type", "name", "archived": true}`."""
    kind, name = portal.kind(wish["type"]), wish["name"]
    if wish.get("archived"):
        portal.properties[kind][name] = portal.properties[kind][name].archived(stamp(portal.clock.now()))
        return
    options, of_type = tuple(wish.get("options", ())), str(wish.get("type_of_value", "string"))
    made = Property(name, str(wish.get("label", name)), of_type, options=options, is_ours=False)
    portal.properties[kind][name] = made


def _client(portal: Portal, wish: Wish) -> None:
    """Register where the application may be sent back to, and what it may ask for."""
    client = portal.desk.clients[wish["id"]]
    client.redirects = tuple(wish.get("redirects", client.redirects))
    client.scopes = frozenset(wish.get("scopes", client.scopes))


def _webhooks(portal: Portal, wish: Wish) -> Wish:
    """Subscribe (`target`, `secret`, `subscriptions`; `automatic` tells at once), or `deliver` what waits."""
    hooks = portal.webhooks
    hooks.is_automatic = bool(wish.get("automatic", hooks.is_automatic))
    if "target" in wish:
        hooks.subscribe(wish["target"], wish.get("secret", ""), wish.get("subscriptions", {}))
    statuses = [hooks.send(parcel) for parcel in hooks.take()] if wish.get("deliver") else []
    return {"statuses": statuses, "waiting": len(hooks.waiting)}
