"""Going to an OpenID Connect issuer."""

from allauth.socialaccount.providers.openid_connect import views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to the issuer to sign in.

    By a page that goes on by itself, and not by a redirect: a form may lead to this site alone, and Chromium holds the
    redirects after it to that too. allauth's other uses of an issuer (linking it to an account) are not offered.
    """
    if {request.GET.get("process", "login"), request.POST.get("process", "login")} != {"login"}:
        raise Http404
    answer: HttpResponse = views.login(request, provider_id=provider_id)
    if isinstance(answer, HttpResponseRedirect) and request.method == "POST":
        return render(request, "socialaccount/leaving.html", {"address": answer.url})
    return answer
