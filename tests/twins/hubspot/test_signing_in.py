"""OAuth as HubSpot does it."""

from typing import Any

import httpx2
import pytest
from hubspot import HubSpot
from hubspot.oauth import ApiException

from auctor.twins.ground.consent import challenge_of
from tests.twins.doors import BACK, VERIFIER, Door

READ = "oauth crm.objects.deals.read"


def deals(door: Door, token: str) -> httpx2.Response:
    with door.as_app(token) as client:
        return client.get("/crm/objects/2026-03/deals", params={"limit": "1"})


class TestConsentPage:
    def test_names_what_is_asked(self, hubspot: Door) -> None:
        known = hubspot.credentials()
        page = hubspot.vendor.get(
            "/oauth/authorize", params={"client_id": known["client_id"], "redirect_uri": BACK, "scope": READ}
        )
        assert "crm.objects.deals.read" in page.text
        assert page.headers["content-type"].startswith("text/html")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"client_id": "another"},
            {"redirect_uri": f"{BACK}/"},
            {"scope": "crm.objects.everything.read"},
            {"code_challenge": "x", "code_challenge_method": "plain"},
        ],
    )
    def test_sends_nobody_back_from_a_wrong_link(self, hubspot: Door, wrong: dict[str, str]) -> None:
        known = hubspot.credentials()
        right = {"client_id": known["client_id"], "redirect_uri": BACK, "scope": READ}
        assert hubspot.vendor.get("/oauth/authorize", params=right).status_code == 200
        assert hubspot.vendor.get("/oauth/authorize", params=right | wrong).status_code == 400
        posted = hubspot.vendor.post("/oauth/authorize", data=right | wrong | {"decision": "allow"})
        assert posted.status_code == 400

    def test_carries_the_state_back_with_a_no(self, hubspot: Door) -> None:
        answer = hubspot.decide("deny", scope=READ, state="mine")
        assert answer.headers["location"].startswith(f"{BACK}?error=access_denied")
        assert "state=mine" in answer.headers["location"]


class TestToken:
    def test_is_given_for_a_code_and_opens_the_api(self, hubspot: Door) -> None:
        found = hubspot.connect(READ)
        assert found["expires_in"] == 1800
        assert found["token_type"] == "bearer"
        assert set(found["scopes"]) == set(READ.split())
        assert deals(hubspot, found["access_token"]).status_code == 200

    def test_is_given_once_for_a_code(self, hubspot: Door) -> None:
        code = hubspot.allow(scope=READ)["code"]
        assert hubspot.redeem(code).status_code == 200
        again = hubspot.redeem(code)
        assert (again.status_code, again.json()["status"]) == (400, "BAD_AUTH_CODE")

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"client_secret": "guessed"}, "BAD_CLIENT_SECRET"),
            ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "MISMATCH_REDIRECT_URI_AUTH_CODE"),
            ({"code_verifier": "another verifier"}, "BAD_AUTH_CODE"),
            ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ],
    )
    def test_is_refused_for(self, hubspot: Door, wrong: dict[str, str], status: str) -> None:
        code = hubspot.allow(scope=READ, code_challenge=challenge_of(VERIFIER))["code"]
        right = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        assert hubspot.exchange(**right | wrong).json()["status"] == status

    def test_ends_after_half_an_hour_and_is_renewed(self, fresh: Door) -> None:
        first = fresh.connect(READ)
        fresh.control("POST", "clock", {"advance": 1800})
        late = deals(fresh, first["access_token"])
        assert (late.status_code, late.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
        renewed = fresh.exchange(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
        assert renewed["refresh_token"] == first["refresh_token"]
        assert deals(fresh, renewed["access_token"]).status_code == 200

    def test_needs_the_scope(self, hubspot: Door) -> None:
        found = hubspot.connect("oauth crm.objects.contacts.read")
        answer = deals(hubspot, found["access_token"])
        assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
        assert answer.json()["errors"][0]["context"] == {"requiredGranularScopes": ["crm.objects.deals.read"]}

    def test_of_nobody_is_refused(self, hubspot: Door) -> None:
        answer = deals(hubspot, "guessed")
        assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")

    def test_is_asked_for_by_the_vendors_client(self, fresh: Door) -> None:
        known, client = fresh.credentials(), HubSpot(host=fresh.address)
        own = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        code = fresh.allow(scope=READ)["code"]
        first: Any = client.oauth.tokens_api.create(
            grant_type="authorization_code", code=code, redirect_uri=BACK, **own
        )
        again: Any = client.oauth.tokens_api.create(
            grant_type="refresh_token", refresh_token=first.refresh_token, **own
        )
        assert (first.expires_in, again.refresh_token) == (1800, first.refresh_token)
        info: Any = client.oauth.access_tokens_api.get(again.access_token)
        assert set(info.scopes) == set(READ.split())
        with pytest.raises(ApiException) as refused:
            client.oauth.tokens_api.create(grant_type="refresh_token", refresh_token="guessed", **own)
        assert refused.value.status == 400


class TestRevoke:
    def test_ends_the_refresh_token_and_not_what_is_out(self, fresh: Door) -> None:
        found = fresh.connect(READ)
        known = fresh.credentials()
        form = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        answer = fresh.vendor.post("/oauth/2026-03/token/revoke", data={**form, "token": found["refresh_token"]})
        assert answer.status_code == 200
        refused = fresh.exchange(grant_type="refresh_token", refresh_token=found["refresh_token"])
        assert (refused.status_code, refused.json()["status"]) == (400, "BAD_REFRESH_TOKEN")
        assert deals(fresh, found["access_token"]).status_code == 200


class TestUninstall:
    def test_ends_everything_at_once(self, fresh: Door) -> None:
        found = fresh.connect(READ)
        with fresh.as_app(found["access_token"]) as client:
            assert client.delete("/appinstalls/2026-03/external-install").status_code == 204
        assert deals(fresh, found["access_token"]).status_code == 401
        assert fresh.exchange(grant_type="refresh_token", refresh_token=found["refresh_token"]).status_code == 400


class TestIntrospect:
    def test_tells_scopes_and_owner(self, hubspot: Door) -> None:
        found = hubspot.connect(READ)
        told = hubspot.vendor.get(f"/oauth/v1/access-tokens/{found['access_token']}").json()
        assert told["hub_id"] == found["hub_id"]
        assert set(told["scopes"]) == set(READ.split())
