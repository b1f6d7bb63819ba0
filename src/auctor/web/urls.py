"""The addresses of the pages. A page's name is its first path segment; pages below it are named `team-invite`."""

from django.conf import settings
from django.urls import URLPattern, path

from auctor.web.pages import (
    actions,
    audit,
    contacts,
    deals,
    entrance,
    forecast,
    home,
    inbox,
    integrations,
    jobs,
    probes,
    reports,
    sessions,
    signals,
    styleguide,
    team,
    tokens,
    workspaces,
)
from auctor.web.pages import settings as workspace_settings

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
    path("jobs/", jobs.show, name="jobs"),
    path("jobs/failures/", jobs.failures, name="jobs-failures"),
    path("jobs/timetable/", jobs.timetable, name="jobs-timetable"),
    path("jobs/<int:job_id>/retry/", jobs.retry, name="jobs-retry"),
    path("jobs/<int:job_id>/cancel/", jobs.cancel, name="jobs-cancel"),
    path("audit/", audit.show, name="audit"),
    path("audit/checkpoint/", audit.checkpoint, name="audit-checkpoint"),
    path("audit/checkpoint/file/", audit.keep, name="audit-checkpoint-file"),
    path("audit/export/", audit.show_export, name="audit-export"),
    path("audit/verifier/", audit.verifier, name="audit-verifier"),
    path("team/", team.show, name="team"),
    path("team/invite/", team.invite, name="team-invite"),
    path("team/invitations/<uuid:invitation_id>/withdraw/", team.withdraw, name="team-withdraw"),
    path("team/<uuid:member_id>/", team.change, name="team-member"),
    path("team/<uuid:member_id>/remove/", team.remove, name="team-remove"),
    path("settings/", workspace_settings.show, name="settings"),
    path("settings/you/", workspace_settings.rename, name="settings-you"),
    path("settings/close/", workspace_settings.close, name="settings-close"),
    path("settings/tokens/", tokens.show, name="settings-tokens"),
    path("settings/tokens/new/", tokens.create, name="settings-tokens-new"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="settings-tokens-revoke"),
    path("sessions/", sessions.show, name="sessions"),
    path("sessions/others/", sessions.revoke_others, name="sessions-revoke-others"),
    path("sessions/<uuid:session_id>/", sessions.revoke, name="sessions-revoke"),
    path("sign-up/", entrance.pilot, name="sign-up"),
    path("first-owner/<str:secret>/", entrance.first_owner, name="first-owner"),
    path("demo/<str:secret>/", entrance.demo, name="demo"),
    path("invitation/<str:token>/", entrance.invitation, name="invitation"),
    path("workspaces/", workspaces.show, name="workspaces"),
    path("workspaces/menu/", workspaces.menu, name="workspaces-menu"),
    path("workspaces/<uuid:workspace_id>/", workspaces.switch, name="workspaces-switch"),
]

if settings.AUCTOR_DEVELOPMENT:
    urlpatterns += [
        path("styleguide/", styleguide.show, name="styleguide"),
        path("styleguide/progress/<int:done>/", styleguide.progress, name="styleguide-progress"),
    ]
