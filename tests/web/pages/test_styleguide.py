"""The living page of components."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind
from auctor.web.pages import styleguide
from auctor.web.templatetags import auctor, figures

pytestmark = pytest.mark.urls("tests.web.urls")


def ask() -> HttpRequest:
    request = RequestFactory().get("/styleguide/")
    request.user = SimpleNamespace(email="alice@acme.example")  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    return request


def owner() -> Actor:
    return Actor(kind=ActorKind.PERSON, workspace_id=uuid4(), user_id=uuid4(), member_id=uuid4(), role=Role.OWNER)


class TestShow:
    def test_shows_every_sample_with_its_source(self) -> None:
        with scope.enter(owner()):
            text = styleguide.show(ask()).content.decode()
        for name, title in styleguide.SAMPLES:
            assert f'id="{name}"' in text
            assert title in text
        assert "{% button &quot;Approve&quot;" in text

    def test_has_a_sample_of_every_tag(self) -> None:
        used = "".join(path.read_text(encoding="utf-8") for path in styleguide.SAMPLES_FOLDER.glob("*.html"))
        shown_elsewhere = {"mark", "icon", "field", "form_errors", "qr", "address"}
        tags = {*auctor.register.tags, *figures.register.tags} - shown_elsewhere
        assert not [name for name in sorted(tags) if f" {name} " not in used]


class TestProgress:
    def test_counts_to_the_end_and_stops_asking(self) -> None:
        assert "hx-get" in styleguide.progress(ask(), 0).content.decode()
        assert "hx-get" not in styleguide.progress(ask(), styleguide.PROGRESS_END).content.decode()
