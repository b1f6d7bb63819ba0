"""Ways in and out, as people go them."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewContext, Owner
from tests.browser.people import Person, sign_out
from tests.browser.watching import Watch, watched
from tools.installation import Installation

PROTOCOL = "() => performance.getEntriesByType('navigation')[0].nextHopProtocol"


class TestFirstOwner:
    def test_is_in_with_both_factors_and_recovery_codes(self, alice: Owner, as_alice: Watch) -> None:
        as_alice.open("/")
        expect(as_alice.page).to_have_url(re.compile("/inbox/$"))
        expect(as_alice.page.locator(".side-foot")).to_contain_text("owner")
        assert alice.findings == []
        assert as_alice.take_complaints() == []


class TestSignIn:
    def test_wants_the_right_code_once(self, alice: Owner, new_context: NewContext) -> None:
        watch = watched(new_context())
        page = watch.page
        alice.person.give_password(page)
        assert page.evaluate(PROTOCOL) == "h2"
        assert watch.findings() == []
        alice.person.give_code(page, "000000")
        expect(page.get_by_text("not right")).to_be_visible()
        alice.person.give_code(page)
        expect(page).to_have_url(re.compile("/inbox/$"))
        thief = new_context().new_page()
        alice.person.give_password(thief)
        alice.person.give_code(thief, alice.person.used_code())
        # A code of the half minute before is refused for its age; either way it opens nothing.
        expect(thief.get_by_text(re.compile("used already|not right"))).to_be_visible()
        thief.goto("/inbox/")
        expect(thief).to_have_url(re.compile("/account/(login|2fa/authenticate)/"))
        sign_out(page)
        page.goto("/inbox/")
        expect(page).to_have_url(re.compile("/account/login/"))
        assert watch.take_complaints() == []

    def test_takes_a_recovery_code_in_place_of_the_app(self, alice: Owner, new_context: NewContext) -> None:
        page = new_context().new_page()
        alice.person.give_password(page)
        alice.person.give_code(page, alice.recovery_codes.pop())
        expect(page).to_have_url(re.compile("/inbox/$"))


class TestSecurityKey:
    def test_is_enrolled_and_lets_in(self, alice: Owner, new_context: NewContext) -> None:
        context = new_context()
        page = context.new_page()
        alice.person.give_password(page)
        alice.person.give_code(page, alice.recovery_codes.pop())
        page.wait_for_url("**/inbox/")
        alice.person.add_key(page, "Green key")
        context.clear_cookies()
        alice.person.give_password(page)
        page.get_by_role("button", name="Use a security key").click()
        expect(page).to_have_url(re.compile("/inbox/$"))


class TestIssuer:
    def test_lets_in_who_was_invited(
        self, installation: Installation, alice: Owner, as_alice: Watch, as_nobody: Watch
    ) -> None:
        as_alice.open("/team/invite/")
        alice.person.prove(as_alice.page)
        as_alice.page.get_by_label("E-mail address").fill("dana@acme.example")
        as_alice.page.get_by_role("button", name="Invite", exact=True).click()
        link = as_alice.page.content()
        found = re.search(r"https://[^\"<\s]+/invitation/[^\"<\s]+", link)
        assert found, link
        page = as_nobody.page
        as_nobody.open(found.group())
        assert as_nobody.findings() == []
        page.get_by_role("button", name="Join with Acme").click()
        page.get_by_role("heading", name="Set up your authenticator app").wait_for()
        dana = Person("dana@acme.example", "Dana Roth")
        dana.enrol(page)
        dana.keep_recovery_codes(page)
        expect(page.locator(".side-foot")).to_contain_text("dana@acme.example")
        assert as_nobody.take_complaints() == []
