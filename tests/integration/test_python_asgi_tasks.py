"""The tasks in which ASGI applications run: asyncio and contextvars show nothing unusual."""
import pytest

from routes import python_routes
from support.background import Background
from support.http_client import get
from support.server import Server
from support.waiting import wait_until

NAMES = ("show_task", "times_out", "remembers", "leaves", "delayed", "plain",
         "steps_itself")
ROUTES = "\n".join(f"GET /{name}/{{rest:path}}: {{ to: python asgi_tasks:{name}, mode: asgi }}"
                   for name in NAMES) + """
    GET /cleans_up: { to: python asgi_tasks:cleans_up, mode: asgi, timeout: 100ms }
"""
OWN_TASKS = "GET /own: { to: python asgi_tasks:with_own_tasks, mode: asgi }"


@pytest.fixture(scope="module", params=["", OWN_TASKS], ids=["usual tasks", "tasks in Python"])
def server(request):
    with Server(python_routes(ROUTES + request.param)) as running:
        yield running


def test_task_is_about_the_application(server):
    said = get(server.port, "/show_task").json()

    assert said.pop("repr").find("show_task() running at") > 0
    assert said == {"stays": True, "is_listed": True, "is_coroutine": True,
                    "receives_by_coroutine": True, "name": "show_task", "frame": "show_task"}


def test_timeout_within_the_application(server):
    assert get(server.port, "/times_out").json() == 0


def test_each_request_has_a_context_of_its_own(server):
    calls = [Background(get, server.port, f"/remembers/{i}") for i in range(8)]

    assert [call.result().json() for call in calls] == [
        [None, f"/remembers/{i}"] for i in range(8)]


def test_cancelled_application_cleans_up(server):
    assert get(server.port, "/cleans_up").status == 504
    wait_until(lambda: "cleaned up" in server.log(), "its finally has run")


@pytest.mark.parametrize(("path", "says"), [
    ("/leaves", "SystemExit: 3"),
    ("/plain", "object NoneType can't be used in 'await' expression"),
])
def test_failure_is_answered_and_ends_nothing(server, path, says):
    assert get(server.port, path).status == 500
    assert says in server.log()
    assert get(server.port, "/times_out").status == 200


def test_awaitable_of_any_kind_is_awaited(server):
    assert get(server.port, "/delayed").json() == "delayed"


def test_application_cannot_step_itself(server):
    assert get(server.port, "/steps_itself").json() == ["coroutine already executing"] * 6


def test_task_factory_may_refuse_the_coroutine():
    with Server(python_routes(ROUTES + OWN_TASKS)) as server:
        assert get(server.port, "/own").json() is True

        answer = get(server.port, "/times_out")

        assert (answer.status, answer.json()["detail"]) == (500, "The handler was given up.")
        assert get(server.port, "/times_out").status == 200
