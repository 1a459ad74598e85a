#include <boost/test/unit_test.hpp>
#include <set>

#include "reloading_plugin.hpp"
#include "unit/python_pool/processes.hpp"

using namespace plughost::testing;

namespace {

const RouteOf kInPool{"app:hello", R"({"mode": "pool"})"};
constexpr char kTwoWorkers[] = R"(, "pools": {"default": {"workers": 2}})";

std::string version(const std::string& name) {
  return "import os\n"
         "def hello() -> str:\n    return '" +
         name +
         "'\n"
         "def pid() -> str:\n    return str(os.getpid())\n";
}

/// A handler that asks a pool only once the test has made the file `gate`.
std::string calling() {
  return R"(
import time
from pathlib import Path
from plughost import pool

FOLDER = Path(__file__).parent

class Item:
    def __init__(self, name):
        self.name = name

def renamed(item):
    return Item(item.name + " in NAME")

def hello() -> str:
    (FOLDER / "entered").touch()
    while not (FOLDER / "gate").exists():
        time.sleep(0.001)
    item = pool.submit(renamed, Item("one")).result()
    return f"{item.name} {type(item) is Item}"

def leave_behind(name):
    (FOLDER / "entered").touch()
    while not (FOLDER / "gate").exists():
        time.sleep(0.001)
    (FOLDER / name).touch()

def start() -> str:
    for name in ("first", "second", "third"):
        pool.submit(leave_behind, name)
    return "NAME"
)";
}

std::string named(std::string text, const std::string& name) {
  for (std::size_t at; (at = text.find("NAME")) != std::string::npos;) text.replace(at, 4, name);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_reload_pool)

BOOST_AUTO_TEST_CASE(new_workers_serve_and_the_old_ones_leave) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    const Table old = plugin.serve({kInPool});
    const auto old_workers = pool_workers();
    BOOST_TEST(plugin.get(old[0]) == "old");

    modules.write("app.py", version("new"));
    const Table fresh = plugin.must_load({kInPool});

    BOOST_TEST(pool_workers().size() == 4u);
    BOOST_TEST(plugin.get(old[0]) == "old");
    BOOST_TEST(plugin.get(fresh[0]) == "new");
    plugin.drop(old);
    BOOST_TEST(wait_until([] { return pool_workers().size() == 2; }));
    for (const auto worker : pool_workers()) {
      BOOST_TEST(std::count(old_workers.begin(), old_workers.end(), worker) == 0);
    }
    BOOST_TEST(plugin.get(fresh[0]) == "new");
    BOOST_TEST(plugin.health().code == PH_OK);
  });
}

BOOST_AUTO_TEST_CASE(an_import_that_fails_in_a_worker_refuses_the_table) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    const Table table = plugin.serve({kInPool});
    modules.write("app.py",
                  "import multiprocessing\n"
                  "if multiprocessing.parent_process():\n"
                  "    raise LookupError('no model')\n" +
                      version("new"));
    Table never;

    const Refusal refusal = plugin.load({kInPool}, never);

    BOOST_TEST(refusal.code == PH_E_INTERNAL);
    BOOST_TEST(refusal.message.find("app.py:3: LookupError: no model") != std::string::npos,
               refusal.message);
    BOOST_TEST(pool_workers().size() == 2u);
    BOOST_TEST(plugin.get(table[0]) == "old");
  });
}

BOOST_AUTO_TEST_CASE(an_error_of_a_hook_takes_the_new_workers_back) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    const Table table = plugin.serve({kInPool, "app:hello"});
    modules.write("app.py", version("new") + "def on_startup():\n    raise LookupError\n");
    Table never;

    const Refusal refusal = plugin.load({kInPool, "app:hello"}, never);

    BOOST_TEST(refusal.code == PH_E_CONFIG);
    BOOST_TEST(pool_workers().size() == 2u);
    BOOST_TEST(plugin.get(table[0]) == "old");
  });
}

BOOST_AUTO_TEST_CASE(a_handler_of_before_calls_the_pool_of_before) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", named(calling(), "old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    const Table old = plugin.serve({"app:hello"});
    const FakeRequest request;
    const ph_req in_flight = plugin.next_token();
    send(old[0], in_flight, request);
    const auto exists = [&](const char* file) {
      return std::filesystem::exists(modules.folder() + "/" + file);
    };
    BOOST_TEST(wait_until([&] { return exists("entered"); }));

    modules.write("app.py", named(calling(), "new"));
    const Table fresh = plugin.must_load({"app:hello"});
    modules.write("gate", "");

    BOOST_TEST(plugin.host.wait_for(in_flight).body == "one in new True");
    BOOST_TEST(plugin.get(fresh[0]) == "one in new True");
  });
}

BOOST_AUTO_TEST_CASE(a_pool_that_was_only_called_is_replaced_too) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", named(calling(), "old"));
    modules.write("gate", "");
    ReloadingPlugin plugin(modules, kTwoWorkers);
    Table table = plugin.serve({"app:hello"});
    BOOST_TEST(plugin.get(table[0]) == "one in old True");

    modules.write("app.py", named(calling(), "new"));
    plugin.replace(table, {"app:hello"});

    BOOST_TEST(plugin.get(table[0]) == "one in new True");
    BOOST_TEST(wait_until([] { return pool_workers().size() == 2; }));
  });
}

BOOST_AUTO_TEST_CASE(a_pool_that_no_route_uses_any_more_is_not_replaced) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    Table table = plugin.serve({kInPool, "app:hello"});

    plugin.replace(table, {"app:hello"});

    BOOST_TEST(wait_until([] { return pool_workers().empty(); }));
    BOOST_TEST(plugin.get(table[0]) == "old");
  });
}

BOOST_AUTO_TEST_CASE(an_old_pool_works_off_what_it_has) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", named(calling(), "old"));
    ReloadingPlugin plugin(modules, R"(, "pools": {"default": {"workers": 1}})");
    Table table = plugin.serve({"app:start"});
    BOOST_TEST(plugin.get(table[0]) == "old");
    const auto exists = [&](const char* file) {
      return std::filesystem::exists(modules.folder() + "/" + file);
    };
    BOOST_TEST(wait_until([&] { return exists("entered"); }));

    plugin.replace(table, {"app:start"});
    modules.write("gate", "");

    BOOST_TEST(wait_until([&] { return exists("third"); }));
    BOOST_TEST(exists("second"));
    BOOST_TEST(wait_until([] { return pool_workers().size() == 1; }));
  });
}

BOOST_AUTO_TEST_CASE(many_reloads_leave_nothing_behind) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, R"(, "pools": {"default": {"workers": 1}})");
    Table table = plugin.serve({kInPool, "app:hello"});
    const auto threads = [] {
      const std::filesystem::directory_iterator tasks("/proc/self/task");
      return std::distance(begin(tasks), end(tasks));
    };
    plugin.replace(table, {kInPool, "app:hello"});
    BOOST_TEST(wait_until([] { return pool_workers().size() == 1; }));
    const auto before = threads();

    for (int i = 0; i < 10; ++i) {
      plugin.replace(table, {kInPool, "app:hello"});
      BOOST_TEST(plugin.get(table[0]) == "old");
      BOOST_TEST(wait_until([] { return pool_workers().size() == 1; }));
    }

    BOOST_TEST(wait_until([&] { return threads() <= before + 3; }));
    plugin.finish();
    BOOST_TEST(pool_workers().empty());
  });
}

BOOST_AUTO_TEST_CASE(ends_in_order_with_two_generations_of_workers) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version("old"));
    ReloadingPlugin plugin(modules, kTwoWorkers);
    plugin.serve({kInPool});
    plugin.must_load({kInPool});
    BOOST_TEST(pool_workers().size() == 4u);

    plugin.finish();

    BOOST_TEST(pool_workers().empty());
  });
}

BOOST_AUTO_TEST_SUITE_END()
