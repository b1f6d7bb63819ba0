"""The view, open and behind Django's own sign-in."""

from django.contrib.auth.decorators import login_required
from django.urls import path

from bench.support.page_sites import view

urlpatterns = [path("bench/anonymous/", view.show), path("bench/signed-in/", login_required(view.show))]
