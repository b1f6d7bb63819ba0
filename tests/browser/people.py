"""People who use a browser: they read links, choose passwords, and own an authenticator app."""

import re
import time
from dataclasses import dataclass

from playwright.sync_api import Page

from auctor.identity import codes

PASSWORD = "quiet-harbour-lantern"
SECRET = re.compile(r"\b[A-Z2-7]{32}\b")


@dataclass
class Person:
    """Somebody with an account; `last` is the time step whose code was used up."""

    email: str
    name: str
    seed: str = ""
    last: int = 0

    def next_code(self) -> str:
        """A code that was not used yet; waits for it, half a minute at most."""
        while (counter := codes.counter_at(time.time())) <= self.last:
            time.sleep(0.25)
        self.last = counter
        return codes.code_of(self.seed, counter)

    def used_code(self) -> str:
        """The code that was accepted last."""
        return codes.code_of(self.seed, self.last)

    def choose_password(self, page: Page, link: str) -> None:
        """From the console's link to the enrolment of the app."""
        page.goto(link)
        page.get_by_label("Your name").fill(self.name)
        page.get_by_label("E-mail address").fill(self.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("heading", name="Set up your authenticator app").wait_for()

    def enrol(self, page: Page) -> None:
        """Set up the authenticator app; the recovery codes stand there afterwards."""
        found = SECRET.search(page.content())
        assert found, "the page shows no secret"
        self.seed = found.group()
        page.get_by_label("Code from the app").fill(self.next_code())
        page.get_by_role("button", name="Activate").click()
        page.get_by_role("heading", name="Recovery codes").wait_for()

    def keep_recovery_codes(self, page: Page) -> list[str]:
        """Read them, say so, go on to the first page."""
        found = page.locator(".codes li").all_inner_texts()
        page.get_by_label("I have saved them").check()
        page.get_by_role("link", name="Continue").click()
        page.wait_for_url("**/inbox/")
        return found

    def give_password(self, page: Page) -> None:
        """The first step of signing in."""
        page.goto("/account/login/")
        page.get_by_label("E-mail address").fill(self.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    def give_code(self, page: Page, code: str = "") -> None:
        """The second step."""
        page.get_by_role("heading", name="Your second factor").wait_for()
        page.get_by_label("Code", exact=True).fill(code or self.next_code())
        page.get_by_role("button", name="Sign in", exact=True).click()

    def prove(self, page: Page) -> None:
        """Answer the question before a sensitive act, if it is asked."""
        if "/account/reauthenticate/" in page.url:
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_label("Code from the app").fill(self.next_code())
            page.locator("main form").get_by_role("button", name="Confirm").click()

    def add_key(self, page: Page, name: str) -> None:
        """Enrol a security key; a virtual one that is always touched."""
        keys = page.context.new_cdp_session(page)
        keys.send("WebAuthn.enable")
        kind = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True}
        touched = {"isUserVerified": True, "automaticPresenceSimulation": True}
        keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **touched}})
        page.goto("/account/2fa/webauthn/add/")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Add the key").click()
        page.wait_for_url("**/account/2fa/")


def sign_out(page: Page) -> None:
    """By the menu of the person."""
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in", exact=True).wait_for()
