"""A Django project as its users write it, in one file: no database, sessions in signed cookies."""
import asyncio
import itertools
import threading

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.core.signals import request_finished
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

settings.configure(
    SECRET_KEY="test",
    ALLOWED_HOSTS=["127.0.0.1", "example.com"],
    ROOT_URLCONF=__name__,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}])

_released = threading.Event()
_asked = itertools.count()
_finished = []
request_finished.connect(lambda **_: _finished.append(1), weak=False)


def greet(request, name):
    return JsonResponse({"greeting": f"Hello {name}", "url": request.build_absolute_uri(),
                         "own": reverse("greet", args=[name]), "agent": request.headers["X-Agent"],
                         "query": request.GET.getlist("q"), "client": request.META["REMOTE_ADDR"]})


async def greet_async(request, name):
    return JsonResponse({"greeting": f"Hello {name}"})


def form(request):
    return JsonResponse({"method": request.method, "a": request.POST.getlist("a"),
                         "files": {name: [file.name, file.read().decode()]
                                   for name, file in request.FILES.items()}})


def body(request):
    return HttpResponse(request.body, content_type=request.content_type)


def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JsonResponse(request.session["visits"], safe=False)


def release(request):
    _released.set()
    return HttpResponse(status=204)


def _pieces():
    _released.clear()
    yield "first\n"
    _released.wait(30)
    yield "second\n"


async def _async_pieces():
    _released.clear()
    yield "first\n"
    await asyncio.to_thread(_released.wait, 30)
    yield "second\n"


def stream(request):
    """As Django's documentation has it: the iterator is of the interface's kind."""
    pieces = _async_pieces() if hasattr(request, "scope") else _pieces()
    return StreamingHttpResponse(pieces, content_type="text/plain")


def lists(request):
    """No iterator, and under ASGI of the other kind: Django collects it."""
    return StreamingHttpResponse(["a", "b"], content_type="text/plain")


def file(request):
    return FileResponse(open(__file__, "rb"), content_type="text/x-python")


def fails(request):
    raise ValueError("on purpose")


def finished(request):
    """How many requests are, those of this view aside."""
    return JsonResponse(len(_finished) - next(_asked), safe=False)


def moved(request):
    return redirect("greet", name="Ada")


urlpatterns = [
    path("greet/<name>/", greet, name="greet"),
    path("greet-async/<name>", greet_async),
    path("form", form),
    path("body", body),
    path("visits", visits),
    path("release", release),
    path("stream", stream),
    path("lists", lists),
    path("file", file),
    path("fails", fails),
    path("finished", finished),
    path("moved", moved),
]

wsgi = get_wsgi_application()
asgi = get_asgi_application()
