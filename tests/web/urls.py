"""The pages and sign-in, mounted alone."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("auctor.web.urls")),
    path("accounts/", include("allauth.urls")),
]
handler400 = "auctor.web.errors.bad_request"
handler404 = "auctor.web.errors.not_found"
