#include <boost/test/unit_test.hpp>

#include "reloading_plugin.hpp"

using namespace plughost::testing;

namespace {

/// A handler that says which version of itself it is.
std::string version(int number) {
  const std::string text = std::to_string(number);
  return "def hello() -> str:\n    return '" + text + "'\n\n" +
         "async def later() -> str:\n    return 'later " + text + "'\n";
}

constexpr char kWaiting[] = R"(
import helper

def hello(request) -> str:
    while not request.cancelled:
        pass
    import helper as again
    from helper import word
    return f"{helper.word} {again.word} {word}"
)";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_reload)

BOOST_AUTO_TEST_CASE(serves_the_new_code_in_every_mode) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello", "app:later"});
    BOOST_TEST(plugin.get(table[0]) == "1");

    modules.write("app.py", version(2));
    plugin.replace(table, {"app:hello", "app:later"});

    BOOST_TEST(plugin.get(table[0]) == "2");
    BOOST_TEST(plugin.get(table[1]) == "later 2");
  });
}

BOOST_AUTO_TEST_CASE(serves_the_old_code_until_the_new_table_is_committed) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    const Table old = plugin.serve({"app:hello"});
    modules.write("app.py", version(2));

    plugin.table_begin(2);
    const ph_handler fresh = plugin.bound("app:hello");

    BOOST_TEST(plugin.get(old[0]) == "1");
    BOOST_TEST(plugin.table_commit(2).code == PH_OK);
    BOOST_TEST(plugin.get(old[0]) == "1");
    BOOST_TEST(plugin.get(fresh) == "2");
  });
}

BOOST_AUTO_TEST_CASE(reads_a_change_of_the_same_second_and_size) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(0));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});

    for (int i = 1; i < 8; ++i) {
      modules.write("app.py", version(i));
      plugin.replace(table, {"app:hello"});
      BOOST_TEST(plugin.get(table[0]) == std::to_string(i));
    }
  });
}

BOOST_AUTO_TEST_CASE(imports_helpers_and_packages_anew) {
  in_own_process([] {
    const Modules modules;
    const std::string app =
        "import pack.sub\nfrom pack import one\nimport names.deep.leaf\n"
        "def hello() -> str:\n    return pack.sub.word + one.word + names.deep.leaf.word\n";
    modules.write("app.py", app);
    modules.write("pack/__init__.py", "");
    for (const char* file : {"pack/sub.py", "pack/one.py", "names/deep/leaf.py"}) {
      modules.write(file, "word = 'a'\n");
    }
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});
    BOOST_TEST(plugin.get(table[0]) == "aaa");

    for (const char* file : {"pack/sub.py", "pack/one.py", "names/deep/leaf.py"}) {
      modules.write(file, "word = 'b'\n");
    }
    plugin.replace(table, {"app:hello"});

    BOOST_TEST(plugin.get(table[0]) == "bbb");
  });
}

BOOST_AUTO_TEST_CASE(leaves_installed_and_standard_modules_as_they_are) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py",
                  "import json, installed, plughost\nfrom lib.site_packages_like import word\n"
                  "import sys; sys.path.append(__file__[:-6] + 'venv/site-packages')\n"
                  "import third\n"
                  "def hello() -> str:\n"
                  "    ids = id(json), id(installed), id(plughost), id(third)\n"
                  "    return ' '.join(map(str, ids)) + ' ' + word\n");
    modules.write("lib/site_packages_like.py", "word = 'old'\n");
    modules.write("installed.py", "");
    modules.write("installed-1.0.dist-info/METADATA", "Name: installed\nVersion: 1.0\n");
    modules.write("installed-1.0.dist-info/RECORD", "installed.py,,\n");
    modules.write("venv/site-packages/third.py", "");
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});
    const std::string before = plugin.get(table[0]);

    modules.write("lib/site_packages_like.py", "word = 'new'\n");
    plugin.replace(table, {"app:hello"});

    const std::string after = plugin.get(table[0]);
    BOOST_TEST(after == before.substr(0, before.size() - 3) + "new");
  });
}

BOOST_AUTO_TEST_CASE(a_request_in_flight_finishes_on_the_old_code) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", kWaiting);
    modules.write("helper.py", "word = 'old'\n");
    ReloadingPlugin plugin(modules);
    const Table old = plugin.serve({"app:hello"});
    const FakeRequest request;
    const ph_req token = plugin.next_token();
    occupy_thread(plugin, old[0], token, request);

    modules.write("helper.py", "word = 'new'\n");
    const Table fresh = plugin.must_load({"app:hello"});
    plugin.host.cancel(token);

    BOOST_TEST(plugin.host.wait_for(token).body == "old old old");
    plugin.drop(old);
    const ph_req next = plugin.next_token();
    plugin.host.cancel(next);
    send(fresh[0], next, request);
    BOOST_TEST(plugin.host.wait_for(next).body == "new new new");
  });
}

BOOST_AUTO_TEST_CASE(what_fails_leaves_the_old_code_serving) {
  struct Row {
    const char* name;
    std::string code;
    const char* target;
    const char* says;
  };
  const Row rows[] = {
      {"syntax", "def hello(\n", "app:hello", "app.py:1: SyntaxError"},
      {"missing name", version(2), "app:helo", "has no attribute 'helo'"},
      {"missing module", "import nowhere\n", "app:hello", "app.py:1: ModuleNotFoundError"},
      {"error", "\n1 / 0\n", "app:hello", "app.py:2: ZeroDivisionError"},
      {"hook", version(2) + "def on_startup():\n    raise LookupError('no database')\n",
       "app:hello", "on_startup of module 'app' failed: LookupError: no database"},
      {"place of hook", version(2) + "async def on_startup():\n    raise LookupError('none')\n",
       "app:hello", "app.py:7: on_startup of module 'app' failed"},
  };
  in_own_process([&] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});
    for (const Row& row : rows) {
      BOOST_TEST_CONTEXT(row.name) {
        modules.write("app.py", row.code);
        Table never;

        const Refusal refusal = plugin.load({"app:hello", row.target}, never);

        BOOST_TEST(refusal.code == PH_E_CONFIG);
        BOOST_TEST(contains(refusal.message, row.says), refusal.message);
        BOOST_TEST(plugin.get(table[0]) == "1");
      }
    }
    modules.write("app.py", version(3));
    plugin.replace(table, {"app:hello"});
    BOOST_TEST(plugin.get(table[0]) == "3");
  });
}

BOOST_AUTO_TEST_CASE(modules_by_name_are_the_old_ones_again_after_an_abort) {
  in_own_process([] {
    const Modules modules;
    const std::string app =
        "import sys\ndef hello() -> str:\n    import helper\n"
        "    return helper.word + str(sys.modules[__name__].hello is hello)\n";
    modules.write("app.py", "import helper\n" + app);
    modules.write("helper.py", "word = 'old'\n");
    ReloadingPlugin plugin(modules);
    const Table table = plugin.serve({"app:hello"});
    modules.write("helper.py", "word = 'new'\n");

    plugin.table_begin(2);
    plugin.bound("app:hello");
    plugin.table_abort(2);

    BOOST_TEST(plugin.get(table[0]) == "oldTrue");
  });
}

BOOST_AUTO_TEST_CASE(a_table_that_is_never_used_gives_the_modules_back) {
  in_own_process([] {
    const Modules modules;
    const std::string app =
        "import sys\ndef hello() -> str:\n    return str(sys.modules[__name__].hello is hello)\n";
    modules.write("app.py", app);
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});

    const Table unused = plugin.must_load({"app:hello"});
    BOOST_TEST(plugin.get(table[0]) == "False");
    plugin.drop(unused);

    BOOST_TEST(plugin.get(table[0]) == "True");
    modules.write("app.py", version(3));
    plugin.replace(table, {"app:hello"});
    BOOST_TEST(plugin.get(table[0]) == "3");
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_second_table_while_one_is_open) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    plugin.serve({"app:hello"});

    BOOST_TEST(plugin.table_begin(2).code == PH_OK);
    BOOST_TEST(plugin.table_begin(3).code == PH_E_STATE);
    plugin.table_abort(2);
    BOOST_TEST(plugin.table_commit(2).code == PH_E_STATE);
  });
}

BOOST_AUTO_TEST_CASE(ends_in_order_with_several_generations_alive) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    plugin.serve({"app:hello"});
    plugin.must_load({"app:hello", "app:later"});
    plugin.table_begin(3);
    plugin.bound("app:hello");

    plugin.stop();
    plugin.table_abort(3);
    plugin.destroy();
  });
}

BOOST_AUTO_TEST_CASE(serves_a_table_without_routes_and_one_with_them_again) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", version(1));
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello"});

    plugin.replace(table, {});
    modules.write("app.py", version(2));
    plugin.replace(table, {"app:hello"});

    BOOST_TEST(plugin.get(table[0]) == "2");
  });
}

BOOST_AUTO_TEST_CASE(old_modules_are_freed) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py",
                  "import gc, sys, typing\nimport shared\n"
                  "class Model:\n    pass\n"
                  "Maybe = typing.Optional[Model]\n"
                  "class Big:\n    def __init__(self):\n        shared.alive += 1\n"
                  "    def __del__(self):\n        shared.alive -= 1\n"
                  "big = Big()\n"
                  "def hello() -> str:\n    return str(shared.alive)\n"
                  "async def later() -> str:\n    return str(shared.alive)\n");
    modules.write("shared-1.0.dist-info/METADATA", "Name: shared\nVersion: 1.0\n");
    modules.write("shared-1.0.dist-info/RECORD", "shared.py,,\n");
    modules.write("shared.py", "alive = 0\n");
    ReloadingPlugin plugin(modules);
    Table table = plugin.serve({"app:hello", "app:later"});

    for (int i = 0; i < 30; ++i) {
      plugin.replace(table, {"app:hello", "app:later"});
      BOOST_TEST(plugin.get(table[1]) == "1");
      BOOST_TEST(plugin.get(table[0]) == "1");
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
