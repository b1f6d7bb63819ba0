"""The address without a path leads to the inbox."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from auctor.tenancy.permissions import Permission
from auctor.web.page import page


@page(permission=Permission.SELF_READ)
def show(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """Go where the day begins."""
    return redirect("inbox")
