#include <boost/test/unit_test.hpp>

#include "loaded_plugin.hpp"

using namespace plughost::testing;

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_bind)

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_served) {
  struct Row {
    const char* name;
    const char* target;
    const char* options;
    const char* key;
    const char* says;
  };
  const Row rows[] = {
      {"module missing", "nowhere:hello", "{}", "", "nowhere"},
      {"import fails inside", "broken_import:handler", "{}", "", "a_module_that_is_not_there"},
      {"syntax error with its line", "broken_syntax:broken", "{}", "", "broken_syntax.py:1"},
      {"attribute missing", "sample:nothing", "{}", "", "nothing"},
      {"not callable", "sample:value", "{}", "", "callable"},
      {"no attribute", "sample", "{}", "", "module:"},
      {"unknown annotation", "sample:odd_annotation", "{}", "", "size"},
      {"async function in a thread", "sample:coroutine", R"({"mode": "thread"})", "/mode",
       "leave 'mode' out"},
      {"generator in a pool", "sample:generator", R"({"mode": "pool"})", "/mode",
       "mode pool cannot stream"},
      {"unknown option", "sample:hello", R"({"mod": "thread"})", "/mod", "did you mean 'mode'"},
      {"unknown mode", "sample:hello", R"({"mode": "thred"})", "/mode", "did you mean 'thread'"},
      {"mode async", "sample:hello", R"({"mode": "async"})", "/mode",
       "for 'async def' functions"},
      {"mode of a wrong type", "sample:hello", R"({"mode": 3})", "/mode", "text"},
      {"option of a later version", "sample:hello", R"({"executor": "dask"})", "/executor",
       "not supported"},
      {"factory of a function", "sample:hello", R"({"factory": true})", "/factory",
       "for mode asgi"},
  };
  in_own_process([&] {
    CreatedPlugin plugin;
    for (const Row& row : rows) {
      BOOST_TEST_CONTEXT(row.name) {
        ph_handler handler;

        const Refusal refusal = plugin.bind(row.target, handler, row.options);

        BOOST_TEST(refusal.code == PH_E_CONFIG);
        BOOST_TEST(refusal.key == row.key);
        BOOST_TEST(refusal.message.find(row.says) != std::string::npos, refusal.message);
        BOOST_TEST(handler.ctx == nullptr);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(accepts_a_nested_attribute) {
  in_own_process([] {
    CreatedPlugin plugin;

    const ph_handler handler = plugin.bound("sample:Group.member");

    BOOST_TEST((handler.ctx != nullptr));
    BOOST_TEST(handler.flags == PH_HF_NONBLOCKING);
  });
}

BOOST_AUTO_TEST_CASE(passes_a_path_parameter_of_the_route) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler handler = plugin.bound("sample:user", {"user_id"});
    plugin.start();
    FakeRequest request;
    request.with_params({{"user_id", "42"}});

    send(handler, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).body == R"({"user":42})");
  });
}

BOOST_AUTO_TEST_CASE(writes_only_the_fields_an_older_host_has) {
  in_own_process([] {
    CreatedPlugin plugin;
    ph_error error{};
    error.size = offsetof(ph_error, key);
    ph_handler handler{};
    handler.size = sizeof(handler);
    plughost::test::FakeRoute route("nowhere:hello");

    const ph_status status = plugin.api()->bind(plugin.instance(), route.raw(), &handler, &error);

    BOOST_TEST(status == PH_E_CONFIG);
    BOOST_TEST(error.code == PH_E_CONFIG);
    BOOST_TEST(error.msg[0] == '\0');
  });
}

BOOST_AUTO_TEST_SUITE_END()
