"""HubSpot's addresses, and the order in which it refuses: token, quota, scope, then the request itself."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from random import Random
from threading import Thread
from typing import ClassVar

from auctor.twins.ground.consent import Client, Desk
from auctor.twins.ground.messages import ILL_FORMED, Answer, Request
from auctor.twins.ground.routes import Route
from auctor.twins.ground.twin import Act, Options, Twin
from auctor.twins.hubspot import account, acts, linking, reading, schema, searching, seed, signing_in, writing
from auctor.twins.hubspot.errors import VendorError, invalid, left_out, missing_scopes, to_answer, too_many
from auctor.twins.hubspot.portal import APP_ID, HUB_ID, Portal
from auctor.twins.hubspot.tokens import Access, Tokens
from auctor.twins.hubspot.webhooks import Webhooks

Handler = Callable[[Portal, Request], Answer]
OPEN = "open"
CODE_LIFE = timedelta(minutes=2)

_OAUTH: list[tuple[str, str, Handler]] = [
    ("POST", "/oauth/2026-03/token", signing_in.token),
    ("POST", "/oauth/v3/token", signing_in.token),
    ("POST", "/oauth/v1/token", signing_in.token),
    ("POST", "/oauth/2026-03/token/revoke", signing_in.revoke),
    ("POST", "/oauth/v3/token/revoke", signing_in.revoke),
    ("POST", "/oauth/2026-03/token/introspect", signing_in.introspect),
    ("GET", "/oauth/v1/access-tokens/{token}", signing_in.introspect),
    ("GET", "/oauth/v1/refresh-tokens/{token}", signing_in.describe_refresh),
    ("DELETE", "/oauth/v1/refresh-tokens/{token}", signing_in.forget_refresh),
]
_OBJECTS: list[tuple[str, str, Handler, str]] = [
    ("POST", "/{kind}/search", searching.search, "search"),
    ("POST", "/{kind}/batch/read", reading.read_batch, "read"),
    ("POST", "/{kind}/batch/create", writing.create_batch, "write"),
    ("POST", "/{kind}/batch/update", writing.update_batch, "write"),
    ("POST", "/{kind}/batch/upsert", writing.upsert_batch, "write"),
    ("POST", "/{kind}/batch/archive", writing.archive_batch, "write"),
    ("POST", "/{kind}/merge", writing.merge_objects, "write"),
    ("GET", "/{kind}", reading.list_objects, "read"),
    ("POST", "/{kind}", writing.create_object, "write"),
    ("GET", "/{kind}/{id}", reading.read_object, "read"),
    ("PATCH", "/{kind}/{id}", writing.update_object, "write"),
    ("DELETE", "/{kind}/{id}", writing.archive_object, "write"),
]
_LINKED: list[tuple[str, str, Handler, str]] = [
    ("GET", "/{kind}/{id}/associations/{other}", linking.list_links, "read"),
    ("PUT", "/{kind}/{id}/associations/default/{other}/{other_id}", linking.tie_one, "write"),
    ("PUT", "/{kind}/{id}/associations/{other}/{other_id}", linking.tie_one, "write"),
    ("DELETE", "/{kind}/{id}/associations/{other}/{other_id}", linking.untie_one, "write"),
]
_ASSOCIATIONS: list[tuple[str, str, Handler, str]] = [
    ("POST", "/{kind}/{other}/batch/read", linking.read_batch, "read"),
    ("POST", "/{kind}/{other}/batch/create", linking.create_batch, "write"),
    ("POST", "/{kind}/{other}/batch/associate/default", linking.create_batch, "write"),
    ("POST", "/{kind}/{other}/batch/archive", linking.archive_batch, "write"),
    ("GET", "/{kind}/{other}/labels", linking.list_labels, "read"),
]
_PROPERTIES: list[tuple[str, str, Handler, str]] = [
    ("GET", "/{kind}", account.list_properties, "schema.read"),
    ("POST", "/{kind}", account.create_property, "schema.write"),
    ("GET", "/{kind}/groups", account.list_groups, "schema.read"),
    ("POST", "/{kind}/groups", account.create_group, "schema.write"),
    ("GET", "/{kind}/{name}", account.read_property, "schema.read"),
    ("DELETE", "/{kind}/{name}", account.archive_property, "schema.write"),
]
_PIPELINES: list[tuple[str, str, Handler, str]] = [
    ("GET", "/{kind}", account.list_pipelines, "read"),
    ("GET", "/{kind}/{id}", account.read_pipeline, "read"),
    ("GET", "/{kind}/{id}/stages", account.list_stages, "read"),
]
_OWNERS: list[tuple[str, str, Handler, str]] = [
    ("GET", "", account.list_owners, "owners"),
    ("GET", "/{id}", account.read_owner, "owners"),
]
# The vendor's own client still calls the older versions; the newest is the first.
ROUTES: list[tuple[tuple[str, str], list[tuple[str, str, Handler, str]]]] = [
    (("/crm/associations/2026-03", "/crm/v4/associations"), _ASSOCIATIONS),
    (("/crm/objects/2026-03", "/crm/v4/objects"), _LINKED),
    (("/crm/objects/2026-03", "/crm/v3/objects"), _OBJECTS),
    (("/crm/properties/2026-03", "/crm/v3/properties"), _PROPERTIES),
    (("/crm/pipelines/2026-03", "/crm/v3/pipelines"), _PIPELINES),
    (("/crm/owners/2026-03", "/crm/v3/owners"), _OWNERS),
    (("/account-info/2026-03/details", "/account-info/v3/details"), [("GET", "", account.details, "")]),
    (("/appinstalls/2026-03/external-install", "/appinstalls/v3/external-install"),
     [("DELETE", "", signing_in.uninstall, "")]),
]  # fmt: skip


class HubSpot(Twin):
    """One account of HubSpot with the demo company in it."""

    name: ClassVar[str] = "hubspot"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        random = Random(f"hubspot:{options.seed}")  # noqa: S311 - the same run gives the same tokens
        desk = Desk("HubSpot", "/oauth/authorize", self.clock, random, CODE_LIFE)
        desk.clients["twin-hubspot-client"] = Client(
            "twin-hubspot-client", "twin-hubspot-secret", (), schema.ALL_SCOPES
        )
        hooks = Webhooks(self.clock, lambda: self.plan, HUB_ID, APP_ID)
        self.portal = Portal(options.address, self.clock, random, desk, Tokens(self.clock, random), hooks)
        if not options.has_quota:
            acts.acts_of(self.portal)["quota"]({"oauth": 0, "private": 0, "daily": 0, "searches": 0})
        seed.fill(self.portal, seed=options.seed, deals=options.deals)
        self.portal.store.listener = hooks.notice
        self._refusals = 0
        self._add_routes()

    def _add_routes(self) -> None:
        self.router.add("GET", "/oauth/authorize", self.portal.desk.show, needs=OPEN)
        self.router.add("POST", "/oauth/authorize", self.portal.desk.decide, needs=OPEN)
        for method, pattern, handler in _OAUTH:
            self.router.add(method, pattern, partial(handler, self.portal), needs=OPEN)
        for roots, routes in ROUTES:
            for root in roots:
                for method, rest, bound, needs in routes:
                    self.router.add(method, root + rest, partial(bound, self.portal), needs=needs)

    def answer(self, request: Request, route: Route) -> Answer:
        """Answer as the vendor would; rate headers on all but search."""
        headers: Mapping[str, str] = {}
        try:
            if route.needs != OPEN:
                access = self.portal.tokens.check(request.bearer())
                headers = self._spend(access, route)
                self._require(access, route, request)
            answer = route.handler(request)
        except VendorError as error:
            answer = self._told(error)
        except ILL_FORMED as error:
            answer = self._told(invalid(f"Invalid input JSON: {error}"))
        answer.headers.update(headers)
        return answer

    def _spend(self, access: Access, route: Route) -> Mapping[str, str]:
        portal, now = self.portal, self.clock.now()
        if route.needs == "search":
            if not portal.searches.take(now):
                raise too_many("SECONDLY", APP_ID, HUB_ID)
            return {}
        window = portal.private_calls if access.is_private else portal.oauth_calls
        if access.is_private and not portal.daily_calls.take(now):
            raise too_many("DAILY", APP_ID, HUB_ID)
        if not window.take(now):
            raise too_many("TEN_SECONDLY_ROLLING", APP_ID, HUB_ID)
        if not window.limit:
            return {}
        told = {
            "X-HubSpot-RateLimit-Max": str(window.limit),
            "X-HubSpot-RateLimit-Remaining": str(window.left(now)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        if access.is_private and portal.daily_calls.limit:
            told["X-HubSpot-RateLimit-Daily"] = str(portal.daily_calls.limit)
            told["X-HubSpot-RateLimit-Daily-Remaining"] = str(portal.daily_calls.left(now))
        return told

    def _require(self, access: Access, route: Route, request: Request) -> None:
        wanted = self._scopes(route.needs, request)
        if wanted and not access.scopes & set(wanted):
            raise missing_scopes(wanted)

    def _scopes(self, needs: str, request: Request) -> list[str]:
        """Any one of these is enough."""
        if needs == "owners":
            return ["crm.objects.owners.read"]
        if not needs or "kind" not in request.params:
            return []
        kind = self.portal.kind(request.params["kind"])
        if kind == "emails" and needs in ("read", "search"):
            return ["sales-email-read"]
        if needs.startswith("schema."):
            act = needs.removeprefix("schema.")
            wanted = [f"crm.schemas.{kind}.{act}"] if kind in schema.CRM else []
            return [*wanted, f"{schema.SCOPES[kind]}.read"] if act == "read" else wanted
        return [f"{schema.SCOPES[kind]}.{'write' if needs == 'write' else 'read'}"]

    def _told(self, error: VendorError) -> Answer:
        self._refusals += 1
        return to_answer(error, self._refusals)

    def refuse(self, status: int) -> Answer:
        """The vendor's body for a status that the fault plan asks for."""
        if status == 429:
            return self._told(too_many("TEN_SECONDLY_ROLLING", APP_ID, HUB_ID))
        category = {423: "LOCKED", 477: "MIGRATION_IN_PROGRESS"}.get(status, "INTERNAL_ERROR")
        return self._told(VendorError(status, category, "internal error" if status >= 500 else "Please try again"))

    def unknown(self, request: Request) -> Answer:
        """501: part of HubSpot perhaps, but not of the stand-in."""
        return to_answer(left_out(f"{request.method} {request.path}"), 0)

    def afterwards(self) -> None:
        """Tell of changes at once where that is wanted; in a thread, because a listener may ask back."""
        hooks = self.portal.webhooks
        if hooks.is_automatic and hooks.waiting:
            Thread(target=self._deliver, daemon=True).start()

    def _deliver(self) -> None:
        with self.lock:
            parcels = self.portal.webhooks.take()
        for parcel in parcels:
            self.portal.webhooks.send(parcel)

    def acts(self) -> Mapping[str, Act]:
        """What a person in the vendor's pages can do."""
        return acts.acts_of(self.portal)

    def credentials(self) -> Mapping[str, str]:
        """What somebody who connects must know."""
        client = self.portal.desk.clients["twin-hubspot-client"]
        address = self.options.address
        return {
            "client_id": client.id,
            "client_secret": client.secret,
            "authorize": f"{address}/oauth/authorize",
            "token": f"{address}/oauth/2026-03/token",
            "api": address,
            "redirects": " ".join(client.redirects),
            "hub_id": str(HUB_ID),
        }


def build(options: Options) -> Twin:
    """The stand-in, ready to serve."""
    return HubSpot(options)
