"""OAuth as Salesforce does it."""

from tests.twins.doors import BACK, Door

DATA = "/services/data/v59.0"
SCOPE = "api refresh_token"


def status(door: Door, token: str) -> int:
    with door.as_app(token) as client:
        return client.get(f"{DATA}/sobjects").status_code


class TestToken:
    def test_needs_a_challenge(self, salesforce: Door) -> None:
        known = salesforce.credentials()
        link = {"client_id": known["client_id"], "redirect_uri": BACK, "scope": SCOPE, "response_type": "code"}
        assert salesforce.vendor.get("/services/oauth2/authorize", params=link).status_code == 400
        assert salesforce.connect(SCOPE)["instance_url"] == salesforce.address

    def test_rotates_and_ends_all_when_a_spent_one_returns(self, fresh: Door) -> None:
        first = fresh.connect(SCOPE)
        assert "expires_in" not in first
        second = fresh.exchange(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert status(fresh, second["access_token"]) == 200
        again = fresh.exchange(grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert status(fresh, second["access_token"]) == 401
        assert fresh.exchange(grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 400

    def test_lives_while_it_is_used(self, fresh: Door) -> None:
        token = fresh.connect(SCOPE)["access_token"]
        for _ in range(3):
            fresh.control("POST", "clock", {"advance": 7000})
            assert status(fresh, token) == 200
        fresh.control("POST", "clock", {"advance": 7300})
        with fresh.as_app(token) as client:
            answer = client.get(f"{DATA}/sobjects")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


class TestRevoke:
    def test_ends_sessions_too(self, fresh: Door) -> None:
        found = fresh.connect(SCOPE)
        assert fresh.vendor.post("/services/oauth2/revoke", data={"token": found["refresh_token"]}).status_code == 200
        assert status(fresh, found["access_token"]) == 401
        assert fresh.exchange(grant_type="refresh_token", refresh_token=found["refresh_token"]).status_code == 400
