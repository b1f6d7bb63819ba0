"""Salesforce's addresses, and the order in which it refuses: session, daily calls, then the request itself."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from random import Random
from typing import ClassVar

from auctor.twins.ground.consent import Client, Desk
from auctor.twins.ground.messages import ILL_FORMED, Answer, Request
from auctor.twins.ground.routes import Route
from auctor.twins.ground.twin import Act, Options, Twin
from auctor.twins.salesforce import acts, describing, querying, seed, signing_in, writing
from auctor.twins.salesforce.errors import VendorError, left_out, to_answer
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.sessions import Sessions

Handler = Callable[[Org, Request], Answer]
OPEN = "open"
CODE_LIFE = timedelta(minutes=15)
SCOPES = frozenset({"api", "refresh_token", "offline_access", "openid", "id"})
CLIENT = "twin-salesforce-client"


def _query_all(org: Org, request: Request) -> Answer:
    return querying.query(org, request, everything=True)


_AUTH = "/services/oauth2"
_DATA = "/services/data/v{version}"
ROUTES: list[tuple[str, str, Handler, str]] = [
    ("POST", f"{_AUTH}/token", signing_in.token, OPEN),
    ("POST", f"{_AUTH}/revoke", signing_in.revoke, OPEN),
    ("GET", f"{_AUTH}/revoke", signing_in.revoke, OPEN),
    ("POST", f"{_AUTH}/introspect", signing_in.introspect, OPEN),
    ("GET", f"{_AUTH}/userinfo", describing.user_info, ""),
    ("GET", "/services/data", describing.versions, OPEN),
    ("GET", _DATA, describing.resources, ""),
    ("GET", f"{_DATA}/query", querying.query, ""),
    ("GET", f"{_DATA}/queryAll", _query_all, ""),
    ("GET", f"{_DATA}/query/{{locator}}", querying.query_more, ""),
    ("GET", f"{_DATA}/queryAll/{{locator}}", querying.query_more, ""),
    ("GET", f"{_DATA}/limits", describing.limits, ""),
    ("GET", f"{_DATA}/limits/recordCount", describing.count_records, ""),
    ("POST", f"{_DATA}/tooling/sobjects/CustomField", describing.create_field, ""),
    ("POST", f"{_DATA}/composite/sobjects", writing.create_collection, ""),
    ("PATCH", f"{_DATA}/composite/sobjects", writing.update_collection, ""),
    ("DELETE", f"{_DATA}/composite/sobjects", writing.delete_collection, ""),
    ("PATCH", f"{_DATA}/composite/sobjects/{{kind}}/{{field}}", writing.upsert_collection, ""),
    ("GET", f"{_DATA}/sobjects", describing.describe_all, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}", describing.describe_short, ""),
    ("POST", f"{_DATA}/sobjects/{{kind}}", writing.create_record, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}/describe", describing.describe, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}/deleted", describing.deleted, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}/updated", describing.updated, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}/{{id}}", describing.read_record, ""),
    ("PATCH", f"{_DATA}/sobjects/{{kind}}/{{id}}", writing.update_record, ""),
    ("DELETE", f"{_DATA}/sobjects/{{kind}}/{{id}}", writing.delete_record, ""),
    ("GET", f"{_DATA}/sobjects/{{kind}}/{{field}}/{{value}}", describing.read_by_external_id, ""),
    ("PATCH", f"{_DATA}/sobjects/{{kind}}/{{field}}/{{value}}", writing.upsert_record, ""),
]
# Parts of the vendor that would otherwise be taken for names of records or fields.
LEFT_OUT = re.compile(r".*/(describe/\w+|layouts|listviews|quickActions|approvalLayouts|relationships)(/.*)?")


class Salesforce(Twin):
    """One organisation of Salesforce with the demo company in it."""

    name: ClassVar[str] = "salesforce"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        random = Random(f"salesforce:{options.seed}")  # noqa: S311 - the same run gives the same tokens
        desk = Desk("Salesforce", f"{_AUTH}/authorize", self.clock, random, CODE_LIFE, needs_challenge=True)
        desk.clients[CLIENT] = Client(CLIENT, "twin-salesforce-secret", (), SCOPES)
        self.org = Org(options.address, self.clock, random, desk, Sessions(self.clock, random))
        if not options.has_quota:
            self.org.calls.limit = 0
        seed.fill(self.org, seed=options.seed, deals=options.deals)
        self.router.add("GET", desk.path, desk.show, needs=OPEN)
        self.router.add("POST", desk.path, desk.decide, needs=OPEN)
        for method, pattern, handler, needs in ROUTES:
            self.router.add(method, pattern, partial(handler, self.org), needs=needs)

    def answer(self, request: Request, route: Route) -> Answer:
        """Answer as the vendor would; every answer tells how many calls the day has seen."""
        if LEFT_OUT.fullmatch(request.path):
            return self.unknown(request)
        headers: Mapping[str, str] = {}
        try:
            if route.needs != OPEN:
                self.org.sessions.check(request.bearer(), self.org.settings.session_seconds)
                headers = self._spend()
            answer = route.handler(request)
        except VendorError as error:
            answer = to_answer(error)
        except ILL_FORMED as error:
            answer = to_answer(VendorError("JSON_PARSER_ERROR", f"The request cannot be read: {error}"))
        answer.headers.update(headers)
        return answer

    def _spend(self) -> Mapping[str, str]:
        calls, now = self.org.calls, self.clock.now()
        if not calls.take(now):
            raise VendorError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
        return {"Sforce-Limit-Info": f"api-usage={calls.used(now)}/{calls.limit}"} if calls.limit else {}

    def refuse(self, status: int) -> Answer:
        """The vendor's body for a status that the fault plan asks for."""
        codes = {
            403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            429: ("REQUEST_LIMIT_EXCEEDED", "Too many requests."),
            503: ("SERVER_UNAVAILABLE", "Server is unavailable"),
        }
        return to_answer(
            VendorError(*codes.get(status, ("UNKNOWN_EXCEPTION", "An unexpected error occurred.")), status)
        )

    def unknown(self, request: Request) -> Answer:
        """501: part of Salesforce perhaps, but not of the stand-in."""
        return to_answer(left_out(f"{request.method} {request.path}"))

    def acts(self) -> Mapping[str, Act]:
        """What a person in the vendor's pages can do."""
        return acts.acts_of(self.org)

    def credentials(self) -> Mapping[str, str]:
        """What somebody who connects must know."""
        client, address = self.org.desk.clients[CLIENT], self.options.address
        return {
            "client_id": client.id,
            "client_secret": client.secret,
            "authorize": f"{address}{_AUTH}/authorize",
            "token": f"{address}{_AUTH}/token",
            "api": address,
            "redirects": " ".join(client.redirects),
        }


def build(options: Options) -> Twin:
    """The stand-in, ready to serve."""
    return Salesforce(options)
