"""The addresses of the pages. A page's name is its first path segment; pages below it are named `team-invite`."""

from django.conf import settings
from django.urls import URLPattern, path

from auctor.web.pages import (
    actions,
    contacts,
    deals,
    forecast,
    home,
    inbox,
    integrations,
    probes,
    reports,
    signals,
    styleguide,
)

urlpatterns: list[URLPattern] = [
    path("livez", probes.alive, name="livez"),
    path("readyz", probes.ready, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("", home.show, name="home"),
    path("inbox/", inbox.show, name="inbox"),
    path("deals/", deals.show, name="deals"),
    path("forecast/", forecast.show, name="forecast"),
    path("actions/", actions.show, name="actions"),
    path("contacts/", contacts.show, name="contacts"),
    path("reports/", reports.show, name="reports"),
    path("signals/", signals.show, name="signals"),
    path("integrations/", integrations.show, name="integrations"),
]

if settings.AUCTOR_DEVELOPMENT:
    urlpatterns += [
        path("styleguide/", styleguide.show, name="styleguide"),
        path("styleguide/progress/<int:done>/", styleguide.progress, name="styleguide-progress"),
    ]
