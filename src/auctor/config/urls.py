"""Where the faces are mounted."""

from django.urls import include, path

from auctor.api import application
from auctor.web import sign_in
from auctor.web.urls import urlpatterns as pages

handler400 = "auctor.web.errors.bad_request"
handler403 = "auctor.web.errors.permission_denied"
handler404 = "auctor.web.errors.not_found"
handler500 = "auctor.web.errors.server_error"

urlpatterns = [
    path("api/v1/", include((application.urls(), "api"))),
    path("account/", include(sign_in.addresses())),
    *pages,
]
