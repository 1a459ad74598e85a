#include <boost/test/unit_test.hpp>

#include "reloading_plugin.hpp"

using namespace plughost::testing;

namespace {

/// A module whose hooks write into the file `log`.
std::string hooked(const std::string& name, const std::string& kind = "def") {
  return "from pathlib import Path\n"
         "def note(line):\n"
         "    with (Path(__file__).parent / 'log').open('a') as file:\n"
         "        file.write(line + '\\n')\n" +
         kind + " on_startup():\n    note('" + name + " up')\n" + kind +
         " on_shutdown():\n    note('" + name + " down')\n" + "def hello() -> str:\n    return '" +
         name + "'\n";
}

constexpr char kApplication[] = R"(
from pathlib import Path

def note(line):
    with (Path(__file__).parent / "log").open("a") as file:
        file.write(line + "\n")

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            note(f"{NAME} up")
            await send({"type": "lifespan.startup.complete"})
        note(f"{NAME} down")
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": NAME.encode()})
)";

std::string application(const std::string& name) {
  return "NAME = '" + name + "'\n" + kApplication;
}

const RouteOf kAsgi{"web:app", R"({"mode": "asgi"})"};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_reload_hooks)

BOOST_AUTO_TEST_CASE(new_modules_start_before_old_ones_end) {
  in_own_process([] {
    const Modules modules;
    modules.write("first.py", hooked("first"));
    modules.write("second.py", hooked("second", "async def"));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"first:hello", "second:hello"});

    modules.write("first.py", hooked("FIRST"));
    const Table next = plugin.must_load({"first:hello", "second:hello"});
    BOOST_TEST(modules.read("log") == "first up\nsecond up\nFIRST up\nsecond up\n");
    plugin.unbind(table[0]);
    BOOST_TEST(modules.read("log") == "first up\nsecond up\nFIRST up\nsecond up\n");
    plugin.unbind(table[1]);

    const std::string replaced =
        "first up\nsecond up\nFIRST up\nsecond up\nsecond down\nfirst down\n";
    BOOST_TEST(modules.read("log") == replaced);
    plugin.finish();
    BOOST_TEST(modules.read("log") == replaced + "second down\nFIRST down\n");
  });
}

BOOST_AUTO_TEST_CASE(what_started_of_a_refused_table_ends_again) {
  in_own_process([] {
    const Modules modules;
    modules.write("first.py", hooked("old"));
    ReloadingPlugin plugin(modules);
    const Table table = plugin.serve({"first:hello"});
    modules.write("first.py", hooked("new"));
    modules.write("second.py",
                  "async def on_startup():\n    raise LookupError\ndef hello(): ...\n");
    Table never;

    const Refusal refusal = plugin.load({"first:hello", "second:hello"}, never);

    BOOST_TEST(refusal.code == PH_E_CONFIG);
    BOOST_TEST(modules.read("log") == "old up\nnew up\nnew down\n");
    BOOST_TEST(plugin.get(table[0]) == "old");
    plugin.finish();
    BOOST_TEST(modules.read("log") == "old up\nnew up\nnew down\nold down\n");
  });
}

BOOST_AUTO_TEST_CASE(an_unused_table_ends_and_the_old_one_goes_on) {
  in_own_process([] {
    const Modules modules;
    modules.write("first.py", hooked("old"));
    ReloadingPlugin plugin(modules);
    const Table table = plugin.serve({"first:hello"});
    modules.write("first.py", hooked("new"));

    plugin.drop(plugin.must_load({"first:hello"}));

    BOOST_TEST(modules.read("log") == "old up\nnew up\nnew down\n");
    BOOST_TEST(plugin.get(table[0]) == "old");
  });
}

BOOST_AUTO_TEST_CASE(a_module_that_is_not_reloaded_starts_once_and_ends_once) {
  in_own_process([] {
    const Modules modules;
    modules.write("first.py", hooked("first"));
    modules.write("first-1.0.dist-info/METADATA", "Name: first\nVersion: 1.0\n");
    modules.write("first-1.0.dist-info/RECORD", "first.py,,\n");
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"first:hello"});

    plugin.replace(table, {"first:hello"});
    plugin.replace(table, {"first:hello"});

    BOOST_TEST(modules.read("log") == "first up\n");
    plugin.finish();
    BOOST_TEST(modules.read("log") == "first up\nfirst down\n");
  });
}

BOOST_AUTO_TEST_CASE(an_application_has_a_lifespan_for_each_generation) {
  in_own_process([] {
    const Modules modules;
    modules.write("web.py", application("old"));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({kAsgi, kAsgi});
    BOOST_TEST(plugin.get(table[0]) == "old");

    modules.write("web.py", application("new"));
    plugin.replace(table, {kAsgi});

    BOOST_TEST(modules.read("log") == "old up\nnew up\nold down\n");
    BOOST_TEST(plugin.get(table[0]) == "new");
    plugin.finish();
    BOOST_TEST(modules.read("log") == "old up\nnew up\nold down\nnew down\n");
  });
}

BOOST_AUTO_TEST_SUITE_END()
