"""What travels beside the pages: cookies and headers."""

import pytest

from tests.browser.conftest import NewContext, Owner
from tests.browser.watching import Watch

PATHS = (
    "/inbox/",
    "/account/login/",
    "/there-is-no-such-page/",
    "/static/auctor/tokens.css",
    "/livez",
    "/api/v1/members",
)
HEADERS = {
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-permitted-cross-domain-policies": "none",
}
DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)


class TestHeaders:
    @pytest.mark.parametrize("path", PATHS)
    def test_stand_on_every_answer(self, as_nobody: Watch, path: str) -> None:
        headers = as_nobody.page.request.get(path, max_redirects=0).headers
        assert {name: headers.get(name, "") for name in HEADERS} == HEADERS
        policy = headers["content-security-policy"]
        assert [one for one in DIRECTIVES if one not in policy] == []
        assert "unsafe" not in policy
        assert "camera=()" in headers["permissions-policy"]
        assert headers.get("server", "") in ("", "granian"), "a version would tell which holes it has"

    def test_keep_pages_out_of_caches_and_files_in(self, as_alice: Watch) -> None:
        page = as_alice.page.request.get("/inbox/").headers
        file = as_alice.page.request.get("/static/auctor/tokens.css").headers
        assert page["cache-control"] == "no-store"
        assert "no-store" not in file["cache-control"]


class TestCookies:
    def test_are_two_and_stay_on_this_host(self, alice: Owner, new_context: NewContext) -> None:
        context = new_context(storage_state=alice.state)
        page = context.new_page()
        for path in ("/inbox/", "/audit/", "/settings/"):
            page.goto(path)
        cookies = context.cookies()
        assert {cookie["name"] for cookie in cookies} == {"__Host-session", "__Host-csrf"}
        for cookie in cookies:
            assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
            assert (cookie["path"], cookie["domain"]) == ("/", "localhost")
