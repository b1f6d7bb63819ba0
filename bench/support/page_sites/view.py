"""One query, one small page."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

PAGE = """<!doctype html><html lang="en"><title>Notes</title><body><h1>{{ title }}</h1>
<table>{% for row in rows %}<tr><td>{{ row.0 }}</td><td>{{ row.1 }}</td><td>{{ row.2 }}</td></tr>{% endfor %}</table>
"""
ROWS = 20
_TEMPLATES: dict[str, object] = {}


def show(request: HttpRequest) -> HttpResponse:
    """Twenty rows of a table in a page."""
    template = _TEMPLATES.get("page") or _TEMPLATES.setdefault("page", engines["django"].from_string(PAGE))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, stage, amount FROM bench_note WHERE stage = %s ORDER BY id LIMIT %s", [3, ROWS])
        rows = cursor.fetchall()
    return HttpResponse(template.render({"title": "Notes", "rows": rows}, request))  # type: ignore[attr-defined]
