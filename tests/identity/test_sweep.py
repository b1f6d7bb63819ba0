"""What leaves by itself, and settings that refuse to start."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from auctor.identity import limits, links, safety, sign_up, sweep
from auctor.identity.models import ApiToken, Invitation, Link, RateLimit, Session, SignUp, User
from auctor.identity.records import Profile
from auctor.identity.sessions import digest_of
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company

CONSOLE = Actor.system(None, "cli")


class TestSweepInstallation:
    def test_drops_what_is_over_and_keeps_the_rest(self, db: None) -> None:
        for key, hours in (("old", -1), ("new", 1)):
            moment = NOW + timedelta(hours=hours)
            Session.objects.create(digest=digest_of(key), data={}, created_at=NOW, last_seen_at=NOW, expires_at=moment)
        limits.take(limits.CODE, "a", now=NOW - timedelta(hours=1))
        links.make_owner_link(CONSOLE, now=NOW - timedelta(days=3))
        links.make_owner_link(CONSOLE, now=NOW)
        sweep.sweep_installation(now=NOW)
        assert [bytes(row.digest) for row in Session.objects.all()] == [digest_of("new")]
        assert not RateLimit.objects.exists()
        assert Link.objects.count() == 1

    def test_forgets_who_never_verified_an_address(self, db: None) -> None:
        for name in ("never", "verified", "young"):
            user = User.objects.create(email=f"{name}@nordwind.example")
            EmailAddress.objects.create(user=user, email=user.email, verified=name == "verified", primary=True)
            asked = NOW if name == "young" else NOW - timedelta(days=8)
            sign_up.wish_pilot(user, profile=Profile("Nordwind"), person="N", now=asked)
        sweep.sweep_installation(now=NOW)
        assert set(User.objects.values_list("email", flat=True)) == {
            "verified@nordwind.example",
            "young@nordwind.example",
        }
        assert SignUp.objects.count() == 2


class TestSweepWorkspace:
    def test_drops_what_ended_ninety_days_ago(self, acme: Company) -> None:
        with scope.enter(acme.system):
            for days in (-91, -89):
                moment = NOW + timedelta(days=days)
                Invitation.objects.create(
                    workspace_id=acme.workspace_id,
                    email="d@acme.example",
                    role=Role.MEMBER,
                    digest=b"d",
                    created_at=NOW,
                    expires_at=moment,
                )
                ApiToken.objects.create(
                    workspace_id=acme.workspace_id,
                    member_id=acme.owner.member_id,
                    name="n",
                    digest=b"d",
                    prefix="p",
                    scopes=[],
                    created_at=NOW,
                    expires_at=NOW + timedelta(days=300),
                    revoked_at=moment,
                )
            sweep.sweep_workspace(acme.system, now=NOW)
            assert (Invitation.objects.count(), ApiToken.objects.count()) == (1, 1)


class TestRefuseUnsafe:
    def test_lets_the_product_start(self) -> None:
        safety.refuse_unsafe()

    def test_refuses_a_code_that_passes_for_everybody(self, settings: object) -> None:
        settings.MFA_TOTP_INSECURE_BYPASS_CODE = "123456"  # type: ignore[attr-defined]
        with pytest.raises(safety.UnsafeSetting, match="BYPASS"):
            safety.refuse_unsafe()

    def test_refuses_codes_that_live_longer(self, settings: object) -> None:
        settings.MFA_TOTP_TOLERANCE = 1  # type: ignore[attr-defined]
        with pytest.raises(safety.UnsafeSetting, match="TOLERANCE"):
            safety.refuse_unsafe()
