"""The components of every page. `/styleguide/` shows each one beside the line that makes it.

Attributes are given with underscores and come out with hyphens: `hx_post=url` becomes `hx-post="…"`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zlib import crc32

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, PasswordInput, RadioSelect
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from auctor.web import words
from auctor.web.addresses import query_with
from auctor.web.icons import ICONS, MARKS
from auctor.web.records import Column, Crumb, Cursors, Fact, Notice, Severity, Sort, Tab

register = template.Library()

Attribute = str | int | bool | None

SEVERITY_WORDS = {"high": "High", "medium": "Medium", "low": "Low", "good": "Good", "unknown": "Not judged"}
NO_ID = UUID(int=0)
_CURSOR_KEYS = ("after", "before")


def attributes_of(given: Mapping[str, Attribute]) -> SafeString:
    """HTML attributes from keyword arguments: True stands alone, None and False are left out."""
    kept = (
        (name.replace("_", "-"), value) for name, value in given.items() if value is not None and value is not False
    )
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in kept))


def _attribute(name: str, value: Attribute) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


@register.simple_tag
def address(name: str, key: UUID) -> str:
    """The address of a page about one thing, for lists: Django's `url` asks all patterns anew for each row."""
    return _address(name).replace(str(NO_ID), str(key))


@cache
def _address(name: str) -> str:
    return reverse(name, args=(NO_ID,))


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """One of our drawings; silent for readers unless it is given a label."""
    access = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 20 20" {}><path d="{}"/></svg>', access, ICONS[name])


@register.simple_tag
def mark(severity: str) -> SafeString:
    """The shape of a severity. Always put its word beside it, or use `severity`."""
    shape = mark_safe(MARKS[severity])  # noqa: S308 - our own drawing
    return format_html(
        '<svg class="mark mark-{} {}-text" viewBox="0 0 12 12" aria-hidden="true">{}</svg>', severity, severity, shape
    )


@register.simple_tag
def severity(level: str, word: str = "") -> SafeString:
    """Shape, word and colour together."""
    return format_html('<span class="severity {}-text">{} {}</span>', level, mark(level), word or SEVERITY_WORDS[level])


@register.simple_tag
def badge(label: str, tone: str = "") -> SafeString:
    """A short state beside a name. With the tone of a severity it carries the shape too."""
    shape = mark(tone) if tone in list(Severity) else ""
    return format_html('<span class="badge{}">{}{}</span>', f" badge-{tone}" if tone else "", shape, label)


@register.simple_tag
def chip(label: str, tone: str = "", href: str = "") -> SafeString:
    """A fact about the page as a whole, such as the freshness of a source. Tones: stale, unknown, good."""
    shape = mark({"stale": "medium"}.get(tone, tone)) if tone else ""
    css = f"chip chip-{tone}" if tone else "chip"
    if href:
        return format_html('<a class="{}" href="{}">{}{}</a>', css, href, shape, label)
    return format_html('<span class="{}">{}{}</span>', css, shape, label)


@register.simple_tag
def button(label: str, kind: str = "", href: str = "", key: str = "", **attributes: Attribute) -> SafeString:
    """A button, or a link that looks like one. `kind`: primary, danger, quiet, small, wide in any mix.

    `key` is the key that presses it; `picture` names an icon; `type` is `submit` unless said otherwise.
    """
    picture = attributes.pop("picture", None)
    if href:
        attributes["href"] = href
    else:
        attributes.setdefault("type", "submit")
    css = " ".join(["btn", *(f"btn-{word}" for word in kind.split())])
    content = {"tag": "a" if href else "button", "css": css, "label": label, "key": key, "picture": picture}
    return render_to_string("components/button.html", {**content, "attributes": attributes_of(attributes)})


@register.simple_block_tag
def panel(content: str, title: str = "", note: str = "", kind: str = "", foot: str = "") -> SafeString:
    """A box with a heading. `kind`: flush (for tables), danger."""
    context = {"content": content, "title": title, "note": note, "kind": kind, "foot": foot}
    return render_to_string("components/panel.html", context)


@register.simple_block_tag
def empty(content: str, title: str, action: str = "", href: str = "", sketch: str = "") -> SafeString:
    """What a place without data says: what will stand here, and what to do next. `sketch`: rows, curve."""
    context = {"content": content, "title": title, "action": action, "href": href, "sketch": sketch}
    return render_to_string("components/empty.html", context)


@register.simple_block_tag
def dialog(content: str, name: str, title: str, kind: str = "") -> SafeString:
    """A modal dialog. Open it with a button that has `data_dialog_open=name`."""
    return render_to_string("components/dialog.html", {"content": content, "name": name, "title": title, "kind": kind})


@register.simple_block_tag
def menu(content: str, label: str, kind: str = "", picture: str = "more") -> SafeString:
    """A list of acts behind a button; works without scripts. `kind`: up, end."""
    context = {"content": content, "label": label, "kind": kind, "picture": picture}
    return render_to_string("components/menu.html", context)


@register.simple_block_tag
def filters(content: str, action: str = "", clear: str = "", target: str = "") -> SafeString:
    """A bar of filters: a GET form. With `target` only that element is exchanged."""
    return render_to_string(
        "components/filters.html", {"content": content, "action": action, "clear": clear, "target": target}
    )


@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: str,
    columns: Sequence[Column],
    caption: str,
    sort: Sort | None = None,
    stack: bool = False,
) -> SafeString:
    """A table with its head. `stack` turns rows into cards on small screens: give each cell a `data-label`."""
    heads = [(column, *_sorting(context, column, sort)) for column in columns]
    return render_to_string(
        "components/table.html", {"heads": heads, "caption": caption, "content": content, "stack": stack}
    )


def _sorting(context: Context, column: Column, sort: Sort | None) -> tuple[str, str]:
    """The address that sorts by this column, and its `aria-sort`."""
    if sort is None or not column.is_sortable:
        return "", ""
    order = "descending" if sort.is_descending else "ascending"
    address = query_with(context["request"].GET, drop=_CURSOR_KEYS, sort=sort.toggled(column.key))
    return address, order if column.key == sort.key else ""


@register.simple_tag
def empty_row(columns: Sequence[Column], text: str) -> SafeString:
    """The single row of a table that has none."""
    return format_html('<tr><td class="table-empty" colspan="{}">{}</td></tr>', len(columns), text)


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, cursors: Cursors, noun: str = "row", nouns: str = "") -> dict[str, object]:
    """Older and newer by cursor; never a page number, which would lie as soon as rows arrive."""
    query = context["request"].GET
    total = f" of {cursors.total:,}" if cursors.total is not None else ""
    return {
        "words": f"{cursors.shown:,}{total} {noun if (cursors.total or cursors.shown) == 1 else nouns or noun + 's'}",
        "next": query_with(query, drop=("before",), after=cursors.next) if cursors.next else "",
        "previous": query_with(query, drop=("after",), before=cursors.previous) if cursors.previous else "",
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Tab], label: str = "Views") -> dict[str, object]:
    """Views of one page; each is an address of its own."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Sequence[Crumb]) -> dict[str, object]:
    """The way to this page."""
    return {"items": items}


@register.inclusion_tag("components/facts.html")
def facts(items: Sequence[Fact]) -> dict[str, object]:
    """A key/value list. For values with markup write `<dl class="facts">` yourself."""
    return {"items": items}


@register.inclusion_tag("components/banner.html")
def banner(notice: Notice, inset: bool = False) -> dict[str, object]:
    """A line above the page: pilot ended, read-only, demo, stale source, information."""
    return {"notice": notice, "inset": inset}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int | None, label: str, poll: str = "", detail: str = "") -> dict[str, object]:
    """True progress. With `poll` the element asks that address each second and is replaced by the answer,
    until a reply comes without `poll`."""
    counted = f"{done:,} so far" if total is None else f"{done:,} of {total:,}"
    return {"done": done, "total": total, "counted": counted, "label": label, "poll": poll, "detail": detail}


@register.inclusion_tag("components/copy.html")
def copy(text: str, label: str = "Copy") -> dict[str, object]:
    """One line of text with a button that copies it."""
    return {"text": text, "label": label}


@register.inclusion_tag("components/secret.html")
def secret_once(text: str, title: str, done: str = "") -> dict[str, object]:
    """A secret that is shown this once. Leaving the page asks first, until the box is ticked or it was copied."""
    return {"text": text, "title": title, "done": done}


@register.simple_block_tag
def code(content: str, label: str = "Example") -> SafeString:
    """A block of code with a button that copies it."""
    text = mark_safe(content.strip("\n"))  # noqa: S308 - what is between the tags was escaped as it was rendered
    return render_to_string("components/code.html", {"content": text, "label": label})


@register.simple_tag
def skeleton(lines: int = 3) -> SafeString:
    """A place that is being filled; says so to readers."""
    bars = mark_safe("<i></i>" * lines)  # noqa: S308 - a constant
    return format_html('<div class="skeleton" role="status" aria-label="Loading">{}</div>', bars)


@register.simple_tag
def avatar(name: str, square: bool = False) -> SafeString:
    """Initials on a colour that stays with the name. The name itself must stand beside it."""
    tone = crc32(name.encode()) % 5
    css = f"avatar avatar-{tone}" + (" avatar-square" if square else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, words.to_initials(name))


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "", label: str = "", **attributes: Attribute) -> dict[str, object]:
    """A form field with label, hint and error, tied together for readers."""
    widget = bound.field.widget
    note = hint or bound.help_text
    name = bound.auto_id or bound.html_name
    described = [f"{name}_hint"] * bool(note) + [f"{name}_error"] * bool(bound.errors)
    attrs: dict[str, Attribute] = {key.replace("_", "-"): value for key, value in attributes.items()}
    is_choice = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if not is_choice and not is_group:
        attrs["class"] = f"control {widget.attrs.get('class', '')} {attrs.get('class', '')}".strip()
    attrs["aria-describedby"] = " ".join(described) or None
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": note,
        "name": name,
        "is_choice": is_choice,
        "is_group": is_group,
        "is_password": isinstance(widget, PasswordInput),
        "control": bound.as_widget(attrs=_given(attrs)),
    }


def _given(attrs: Mapping[str, Attribute]) -> dict[str, str | bool]:
    """What a widget takes: texts and truths."""
    return {
        key: str(value) if isinstance(value, int) and value is not True else value
        for key, value in attrs.items()
        if value is not None and value is not False
    }


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm) -> dict[str, object]:
    """The errors of the whole form, then every field of it."""
    return {"form": form}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """What is wrong with the form as a whole."""
    return {"errors": form.non_field_errors()}


@register.simple_tag
def moment(value: datetime | None, form: str = "age") -> SafeString:
    """A moment in the reader's zone, the zone named. `form`: age (how long ago), since, full, day, clock."""
    if value is None:
        return format_html('<span class="quiet">{}</span>', "never")
    local = timezone.localtime(value)
    full = f"{local.day} {local:%b %Y, %H:%M %Z}"
    texts = {
        "age": lambda: words.to_age(value, now=timezone.now()),
        "full": lambda: full,
        "since": lambda: f"for {words.to_span(value, now=timezone.now())}",
        "day": lambda: words.to_day(local.date(), today=timezone.localdate()),
        "clock": lambda: f"{local:%H:%M %Z}",
    }
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, texts[form]())


@register.filter
def day(value: date) -> str:
    """A civil date as people write it; the year only when it is another one."""
    civil = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return words.to_day(civil, today=timezone.localdate())


@register.filter
def get(mapping: Mapping[str, object], key: str) -> object:
    """A value of a mapping by a key that the template holds; nothing where there is none."""
    return mapping.get(key, "")


@register.filter
def money(minor: int, currency: str) -> str:
    """Minor units and a currency as an amount."""
    return words.to_money(minor, currency)


@register.filter
def money_whole(minor: int, currency: str) -> str:
    """The same without minor units, for what was converted or estimated: they would claim too much."""
    return words.to_money(words.to_whole(minor, currency), currency)


@register.filter
def to_json(value: object) -> str:
    """Compact JSON for a data attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":"))


@register.filter
def tone(level: str) -> str:
    """The severity that a level of Django's messages looks like."""
    return {"success": "good", "warning": "medium", "error": "high"}.get(level, "low")


@register.filter
def lines(values: Sequence[str]) -> str:
    """Several texts under each other, for copying."""
    return "\n".join(values)
