"""Going to an OpenID Connect issuer: to sign in, or to show once more that it is you."""

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from requests import RequestException

# What is asked of the issuer beside the usual: to let nobody through who is merely signed in there.
ASKED = {AuthProcess.LOGIN: "", AuthProcess.REDIRECT: "prompt=login&max_age=0"}


def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to the issuer.

    By a page that goes on by itself, and not by a redirect: a form may lead to this site alone, and Chromium holds the
    redirects after it to that too. allauth's third use of an issuer (linking it to an account) is not offered, and
    parameters for the issuer are not taken from the address.
    """
    process = request.POST.get("process", request.GET.get("process", AuthProcess.LOGIN))
    if process not in ASKED or (process != AuthProcess.LOGIN and not request.user.is_authenticated):
        raise Http404
    asked = QueryDict(mutable=True)
    asked.update({"process": process, "next": request.GET.get("next", ""), "auth_params": ASKED[process]})
    request.GET = asked  # type: ignore[assignment]  # Django's is immutable
    try:
        answer: HttpResponse = views.login(request, provider_id=provider_id)
    except RequestException as error:
        # Where the issuer's pages are is asked of the issuer, which may be away.
        provider = get_adapter().get_provider(request, provider_id)
        return render_authentication_error(request, provider, exception=error)  # type: ignore[no-any-return]
    if isinstance(answer, HttpResponseRedirect) and request.method == "POST":
        return render(request, "socialaccount/leaving.html", {"address": answer.url})
    return answer
