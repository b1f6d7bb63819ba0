"""Every address says who may ask: a permission, or PUBLIC with its reason."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from auctor.tenancy.permissions import Permission, Public

Guard = Permission | Public
Address = tuple[str, Callable[..., Any]]


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[Address]:
    """(address, view) of everything that is mounted."""
    for entry in patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path)
        else:
            yield path, entry.callback


def guards_of(view: Callable[..., Any]) -> list[Guard | None]:
    """What the doors wrote on a view, however it was wrapped afterwards; the API has one for each operation."""
    found: Any = view
    while not isinstance(getattr(found, "permission", None), Guard):
        if not hasattr(found, "__wrapped__"):
            return [guard for function in operations_of(found) for guard in guards_of(function)] or [None]
        found = found.__wrapped__
    return [found.permission]


def operations_of(view: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions behind one path of the API, one for each method; none for other views."""
    if not view.__module__.startswith("ninja."):
        return []
    return [operation.view_func for operation in inspect.getclosurevars(view).nonlocals["self"].operations]


def addresses() -> list[Address]:
    return list(walk(get_resolver().url_patterns))


class TestAddresses:
    def test_each_name_a_permission_or_say_why_not(self) -> None:
        open_doors = [f"{path} {view}" for path, view in addresses() if None in guards_of(view)]
        assert not open_doors, "\n".join(["nobody guards", *open_doors])

    def test_that_are_public_say_why_in_a_sentence(self) -> None:
        public = [(path, guard) for path, view in addresses() for guard in guards_of(view) if isinstance(guard, Public)]
        assert [path for path, guard in public if len(guard.reason.split()) < 3] == []

    def test_lead_to_one_view_each(self) -> None:
        views: dict[str, set[tuple[Callable[..., Any], ...]]] = defaultdict(set)
        for path, view in addresses():
            innermost = inspect.unwrap(view)
            views[path].add(tuple(operations_of(innermost)) or (innermost,))
        assert {path: found for path, found in views.items() if len(found) > 1} == {}, "the second is never reached"


class TestGuardsOf:
    @pytest.mark.parametrize("mark", [Permission.SELF_READ, Public("The front page shows nothing of anybody.")])
    def test_looks_through_wrappers(self, mark: Guard) -> None:
        def view() -> None: ...

        def wrapper() -> None: ...

        view.permission = mark  # type: ignore[attr-defined]
        wrapper.__wrapped__ = view  # type: ignore[attr-defined]
        assert guards_of(wrapper) == [mark]

    def test_finds_nobody_at_a_bare_view(self) -> None:
        assert guards_of(lambda: None) == [None]
