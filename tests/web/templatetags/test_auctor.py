"""Components say what they mean to eyes and to readers, and escape what they are given."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from auctor.web.records import Column, Cursors, Notice, Sort, Tab

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
COLUMNS = (Column("Name", "name", is_sortable=True), Column("Role", "role"), Column("Acts", is_label_hidden=True))


class SignForm(forms.Form):
    email = forms.EmailField(help_text="Yours.")
    password = forms.CharField(widget=forms.PasswordInput, max_length=20)
    note = forms.CharField(required=False, max_length=20)
    stay = forms.BooleanField(required=False, label="Stay")


def render(text: str, path: str = "/", **values: object) -> str:
    context = Context({"request": RequestFactory().get(path), **values})
    return Template(f"{{% load auctor %}}{text}").render(context)


class TestButton:
    def test_is_a_button_that_submits(self) -> None:
        html = render('{% button "Save" kind="primary" name="act" value="save" %}')
        assert html.strip() == '<button class="btn btn-primary" name="act" value="save" type="submit">Save</button>'

    def test_becomes_a_link_with_an_address(self) -> None:
        assert '<a class="btn" href="/deals/?a=1&amp;b=2">' in render(
            '{% button "Deals" href=to %}', to="/deals/?a=1&b=2"
        )

    def test_tells_its_key(self) -> None:
        html = render('{% button "Approve" key="a" %}')
        assert 'data-key="a" aria-keyshortcuts="a"' in html

    def test_passes_attributes_with_hyphens_and_leaves_out_the_false(self) -> None:
        html = render('{% button "Go" hx_post="/x" disabled=True hidden=False title=None %}')
        assert 'hx-post="/x"' in html
        assert " disabled" in html
        assert "hidden" not in html
        assert "title" not in html

    def test_escapes_its_label_and_attributes(self) -> None:
        html = render("{% button label data_x=label %}", label='"><script>')
        assert "<script>" not in html


class TestAddress:
    def test_is_that_of_the_page_about_this_one(self) -> None:
        deal = UUID("01a20486-4f5c-77b3-8ee2-9db0e67e4a7f")
        assert render("{% address 'deals-deal' deal %}", deal=deal) == reverse("deals-deal", args=(deal,))


class TestSeverity:
    @pytest.mark.parametrize("level", ["high", "medium", "low", "good", "unknown"])
    def test_has_shape_word_and_colour(self, level: str) -> None:
        html = render("{% severity level %}", level=level)
        assert f"mark-{level}" in html
        assert f"{level}-text" in html
        assert html.split("</svg>")[1].removesuffix("</span>").strip()


class TestBadge:
    def test_carries_the_shape_of_a_severity_and_none_of_a_plain_tone(self) -> None:
        assert "<svg" in render('{% badge "Failed" "high" %}')
        assert "<svg" not in render('{% badge "You" "accent" %}')


class TestTable:
    def test_sorts_by_address_and_says_so(self) -> None:
        html = render(
            '{% table columns caption="People" sort=sort %}{% endtable %}',
            "/?q=a&after=x",
            columns=COLUMNS,
            sort=Sort("name"),
        )
        assert 'href="?q=a&amp;sort=-name"' in html
        assert 'aria-sort="ascending"' in html
        assert html.count("aria-sort") == 1

    def test_can_be_scrolled_by_keyboard_and_is_named(self) -> None:
        html = render('{% table columns caption="People" %}{% endtable %}', columns=COLUMNS)
        assert 'role="region" aria-label="People" tabindex="0"' in html

    def test_says_what_to_do_when_it_is_empty(self) -> None:
        assert 'colspan="3">Nobody yet.' in render('{% empty_row columns "Nobody yet." %}', columns=COLUMNS)


class TestPager:
    def test_keeps_the_filter_and_goes_one_way_at_a_time(self) -> None:
        cursors = Cursors(previous="p", next="n", shown=50, total=1_204)
        html = render('{% pager cursors "entry" "entries" %}', "/?q=a&after=x", cursors=cursors)
        assert "50 of 1,204 entries" in html
        assert 'href="?q=a&amp;after=n"' in html
        assert 'href="?q=a&amp;before=p"' in html

    def test_has_no_way_on_at_the_end(self) -> None:
        assert "href" not in render("{% pager cursors %}", cursors=Cursors(shown=1))


class TestTabs:
    def test_mark_the_current_one(self) -> None:
        html = render("{% tabs items %}", items=(Tab("All", "/", 0, is_current=True), Tab("Mine", "/mine/")))
        assert html.count('aria-current="page"') == 1
        assert "<span>0</span>" in html


class TestField:
    def test_ties_hint_and_error_to_the_control(self) -> None:
        html = render("{% field form.email %}", form=SignForm({"email": "x"}))
        assert 'aria-describedby="id_email_hint id_email_error"' in html
        assert 'aria-invalid="true"' in html
        assert 'id="id_email_error"' in html

    def test_says_what_may_stay_empty(self) -> None:
        assert "(optional)" in render("{% field form.note %}", form=SignForm())

    def test_lets_a_password_be_shown(self) -> None:
        assert 'data-show="id_password"' in render("{% field form.password %}", form=SignForm())

    def test_puts_the_label_of_a_box_behind_it(self) -> None:
        html = render("{% field form.stay %}", form=SignForm())
        assert html.index("<input") < html.index("<label")

    def test_takes_further_attributes(self) -> None:
        html = render('{% field form.note class="control-code" autofocus=True maxlength=6 %}', form=SignForm())
        assert 'class="control  control-code"' in html or 'class="control control-code"' in html
        assert 'maxlength="6"' in html


class TestProgress:
    def test_asks_again_only_while_it_runs(self) -> None:
        assert 'hx-trigger="every 1s"' in render('{% progress 1 4 "Reading" poll="/p/" %}')
        assert "hx-" not in render('{% progress 4 4 "Reading" %}')

    def test_does_not_pretend_to_know_the_end(self) -> None:
        html = render('{% progress 1204 None "Looking" %}')
        assert "1,204 so far" in html
        assert "max=" not in html


class TestBanner:
    def test_offers_its_act(self) -> None:
        notice = Notice("stale", "Silent since Tuesday.", "Reconnect", "/integrations/")
        html = render("{% banner notice %}", notice=notice)
        assert "banner-stale" in html
        assert 'href="/integrations/"' in html


class TestMoment:
    @time_machine.travel(NOW, tick=False)
    def test_names_the_zone_and_the_age(self) -> None:
        html = render("{% moment at %}", at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
        assert 'title="2 Mar 2026, 08:30 UTC"' in html
        assert ">1 hour ago<" in html

    def test_says_never(self) -> None:
        assert "never" in render("{% moment at %}", at=None)


class TestToJson:
    def test_stays_inside_its_attribute(self) -> None:
        html = render('<p data-x="{{ value|to_json }}">', value={"a": '"><script>'})
        assert "<script>" not in html
        assert "&quot;a&quot;:" in html


class TestAvatar:
    def test_keeps_its_colour_with_the_name(self) -> None:
        assert render('{% avatar "Alice Lind" %}') == render('{% avatar "Alice Lind" %}')


class TestSecretOnce:
    def test_warns_and_guards_the_leaving(self) -> None:
        html = render('{% secret_once "s3cret" "Your token" %}')
        assert "data-secret" in html
        assert 'data-copy="s3cret"' in html
        assert "shown once" in html
