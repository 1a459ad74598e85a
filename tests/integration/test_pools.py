"""Several pools: which one a route gets, and which of them have processes."""
from routes import python_routes
from support.http_client import get
from support.server import Server, run_to_end

POOLS = ", ml: { workers: 1 }, unused: { workers: 3 }"


def test_each_route_runs_in_the_pool_it_names():
    routes = """
        GET /first: { to: python values:process_id, pool: ml }
        GET /second: { to: python values:process_id, mode: pool, pool: ml }
        GET /default: { to: python values:process_id, mode: pool }
    """
    with Server(python_routes(routes, workers=1, pools=POOLS)) as server:
        first, second, default = (get(server.port, path).json()["pid"]
                                  for path in ("/first", "/second", "/default"))
        workers = server.workers()

    assert first == second != default
    assert sorted(workers) == sorted([first, default]), "a pool without routes has no process"


def test_an_unknown_pool_is_refused_with_the_place_and_the_cure():
    text = python_routes("GET /x: { to: python values:process_id, pool: mll }", pools=POOLS)

    ended = run_to_end(text)

    line = next(i for i, each in enumerate(text.splitlines(), 1) if "/x" in each)
    assert ended.returncode == 3
    assert f"routes.yaml:{line}:" in ended.stderr
    assert "there is no pool 'mll'" in ended.stderr
    assert "did you mean 'ml'?" in ended.stderr
