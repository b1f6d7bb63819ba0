"""Templates hold structure: no style, no script, nothing unescaped, nothing from another host."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.repository import ROOT
from tools import sizes

UNESCAPED = "something unescaped"
FORBIDDEN = {
    "a style block": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "a script in the page": r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)",
    "an event attribute": r"<[^>]*\s(on[a-z]+|hx-on[\w:-]*)\s*=",
    "a script address": r"javascript:",
    UNESCAPED: r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b",
    "a resource of another host": r"<(script|link|img|iframe|source|video)\b[^>]*\b(src|href)=[\"'](https?:)?//",
    "a remark that reaches the reader": r"<!--(?!\[if)",
}
POSTING_FORM = re.compile(r"<form\b[^>]*method=[\"']?post[^>]*>.*?</form>", re.IGNORECASE | re.DOTALL)


NAMED = re.compile(r"{% url ['\"]([\w-]+)['\"]")


def names_of(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The name of every address."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from names_of(entry.url_patterns)
        elif entry.name:
            yield entry.name


def offences(kind: str, text: str) -> Iterator[str]:
    """Line number and match of each offence; words of the template language are no attributes."""
    markup = text if kind == UNESCAPED else re.sub(r"\{[%{].*?[%}]\}", "", text)
    for match in re.finditer(FORBIDDEN[kind], markup, re.IGNORECASE):
        yield f"{markup.count(chr(10), 0, match.start()) + 1} {match.group(0)!r}"


def html_files() -> list[Path]:
    """Templates that become HTML; those of plain mails are not read by a browser."""
    return [path for path in sizes.template_files(ROOT) if path.suffix == ".html"]


class TestTemplates:
    @pytest.mark.parametrize("kind", sorted(FORBIDDEN))
    def test_hold_nowhere(self, kind: str) -> None:
        found = [
            f"{path.relative_to(ROOT)}:{offence}"
            for path in html_files()
            for offence in offences(kind, path.read_text(encoding="utf-8"))
        ]
        assert not found, "\n".join([f"{kind} stands in:", *found])

    def test_protect_every_form_that_posts(self) -> None:
        bare = [
            path.relative_to(ROOT).as_posix()
            for path in html_files()
            for form in POSTING_FORM.findall(path.read_text(encoding="utf-8"))
            if "csrf_token" not in form
        ]
        assert not bare


class TestAddresses:
    def test_that_templates_name_are_mounted(self) -> None:
        """`{% url … as … %}` keeps silent about a name that nobody mounts."""
        mounted = set(names_of(get_resolver().url_patterns))
        lost = [
            f"{path.relative_to(ROOT)} {name}"
            for path in html_files()
            for name in NAMED.findall(path.read_text(encoding="utf-8"))
            if name not in mounted
        ]
        assert not lost


class TestOffences:
    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("a style attribute", '<p style="color:red">'),
            ("a script in the page", "<script nonce='x'>go()</script>"),
            ("an event attribute", "<button class='a' onclick='go()'>"),
            (UNESCAPED, "{{ name | safe }}"),
            ("a resource of another host", '<script src="//cdn.example/x.js">'),
        ],
    )
    def test_are_found(self, kind: str, text: str) -> None:
        assert list(offences(kind, text))

    def test_leave_good_markup_alone(self) -> None:
        text = """<script src="{% static 'a.js' %}" defer></script>
            <option{% if one == two %} selected{% endif %}><p class="on">{{ safe }}</p>
            <a href="https://x.example">"""
        assert not [kind for kind in FORBIDDEN if list(offences(kind, text))]
