#include "runtime/settings.hpp"

#include <boost/test/unit_test.hpp>

#include "core/target.hpp"
#include "runtime/options.hpp"

using namespace plughost::python;

namespace {

const std::string kBase = PLUGHOST_SOURCE_DIR "/tests/unit/python_runtime";

struct Row {
  const char* name;
  const char* json;
  const char* key;
  const char* says;
};

template <typename Parse>
void check_refusal(const Row& row, Parse parse) {
  BOOST_TEST_CONTEXT(row.name) {
    BOOST_CHECK_EXCEPTION(parse(row.json), BindError, [&](const BindError& error) {
      BOOST_TEST(error.key() == row.key);
      BOOST_TEST(std::string(error.what()).find(row.says) != std::string::npos, error.what());
      return true;
    });
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_settings)

BOOST_AUTO_TEST_CASE(fills_in_defaults) {
  const Settings settings = parse_settings("{}", "/srv/app");

  BOOST_REQUIRE(settings.import_paths.size() == 1);
  BOOST_TEST(settings.import_paths[0] == "/srv/app/python");
  BOOST_TEST(settings.threads == 8);
  BOOST_TEST(settings.queue == 4096);
  BOOST_REQUIRE(settings.pools.size() == 1);
  BOOST_TEST(settings.pools.at("default").workers == 4);
  BOOST_TEST(settings.pools.at("default").queue == 4096);
}

BOOST_AUTO_TEST_CASE(reads_every_key) {
  const Settings settings = parse_settings(
      R"({"import_paths": ["handlers", "/usr"], "threads": 3, "queue": 5,
          "pools": {"default": {"workers": 2, "queue": 9}, "ml-2":
                    {"workers": 1, "nice": 0, "preload": ["a", "b.c"], "start": "m:f",
                     "call_timeout": "90s", "recycle": {"tasks": 10000, "rss": "500MiB", "age": "1h"}}}})",
      kBase);

  BOOST_REQUIRE(settings.import_paths.size() == 2);
  BOOST_TEST(settings.import_paths[0] == kBase + "/handlers");
  BOOST_TEST(settings.import_paths[1] == "/usr");
  BOOST_TEST(settings.threads == 3);
  BOOST_TEST(settings.queue == 5);
  BOOST_REQUIRE(settings.pools.size() == 2);
  BOOST_TEST(settings.pools.at("default").workers == 2);
  BOOST_TEST(settings.pools.at("default").queue == 9);
  BOOST_TEST(settings.pools.at("ml-2").workers == 1);
  BOOST_TEST(settings.pools.at("ml-2").queue == 4096);
  BOOST_TEST((settings.pools.at("ml-2").preload == std::vector<std::string>{"a", "b.c"}));
  BOOST_TEST(settings.pools.at("ml-2").start == "m:f");
  BOOST_TEST(settings.pools.at("ml-2").nice == 0u);
  BOOST_TEST(settings.pools.at("default").nice == 10u);
  const Recycle recycle = settings.pools.at("ml-2").recycle;
  BOOST_TEST(settings.pools.at("ml-2").call_timeout.count() == 90'000);
  BOOST_TEST(settings.pools.at("default").call_timeout.count() == 0);
  BOOST_TEST(recycle.tasks == 10'000u);
  BOOST_TEST(recycle.rss_bytes == 500u << 20);
  BOOST_TEST(recycle.age.count() == 3'600'000);
  BOOST_TEST(!settings.pools.at("default").recycle.ever());
}

BOOST_AUTO_TEST_CASE(names_the_key_at_fault) {
  const Row rows[] = {
      {"not JSON", "{", "", "JSON"},
      {"not an object", "[]", "", "mapping"},
      {"misspelt", R"({"import_path": []})", "/import_path", "did you mean 'import_paths'"},
      {"nothing like it", R"({"colour": 1})", "/colour", "unknown key 'colour'"},
      {"escaped in the pointer", R"({"a/b~c": 1})", "/a~1b~0c", "unknown key"},
      {"of a later version", R"({"startup": "x:y"})", "/startup", "not supported in this version"},
      {"debug is no text", R"({"debug": "yes"})", "/debug", "'debug' must be true or false"},
      {"no thread", R"({"threads": 0})", "/threads", "from 1 to 1024"},
      {"negative", R"({"queue": -1})", "/queue", "whole number"},
      {"fraction", R"({"queue": 1.5})", "/queue", "whole number"},
      {"text", R"({"threads": "8"})", "/threads", "whole number"},
      {"paths not a list", R"({"import_paths": "handlers"})", "/import_paths", "list"},
      {"routes not a list", R"({"routes": "app"})", "/routes", "list"},
      {"empty path", R"({"import_paths": ["handlers", ""]})", "/import_paths/1", "empty"},
      {"no such folder", R"({"import_paths": ["x"]})", "/import_paths/0", "no folder"},
      {"pools not an object", R"({"pools": 4})", "/pools", "mapping"},
      {"no name of a pool", R"({"pools": {"my ml": {}}})", "/pools/my ml", "letters, digits"},
      {"no start function", R"({"pools": {"ml": {"start": "model"}}})", "/pools/ml/start",
       "module:function"},
      {"preload is no list", R"({"pools": {"ml": {"preload": "model"}}})", "/pools/ml/preload",
       "list"},
      {"no task", R"({"pools": {"ml": {"recycle": {"tasks": 0}}}})", "/pools/ml/recycle/tasks",
       "from 1"},
      {"no memory", R"({"pools": {"ml": {"recycle": {"rss": 0}}}})", "/pools/ml/recycle/rss",
       "above 0"},
      {"size", R"({"pools": {"ml": {"recycle": {"rss": "500MB"}}}})", "/pools/ml/recycle/rss",
       "with KiB, MiB or GiB"},
      {"duration", R"({"pools": {"ml": {"recycle": {"age": "1 day"}}}})", "/pools/ml/recycle/age",
       "with ms, s, m or h"},
      {"no call limit", R"({"pools": {"ml": {"call_timeout": 0}}})", "/pools/ml/call_timeout",
       "above 0"},
      {"misspelt recycle", R"({"pools": {"ml": {"recycle": {"task": 1}}}})",
       "/pools/ml/recycle/task", "did you mean 'tasks'"},
      {"key of another pool", R"({"pools": {"ml": {"worker": 1}}})", "/pools/ml/worker",
       "did you mean 'workers'"},
      {"nice", R"({"pools": {"ml": {"nice": 20}}})", "/pools/ml/nice", "from 0 to 19"},
      {"not nice", R"({"pools": {"ml": {"nice": -1}}})", "/pools/ml/nice", "whole number"},
      {"tasks", R"({"tasks": 0})", "/tasks", "from 1 to 1000000"},
      {"loop", R"({"loop": "trio"})", "/loop", "auto, asyncio or uvloop"},
      {"workers", R"({"pools": {"default": {"workers": 257}}})", "/pools/default/workers",
       "from 1 to 256"},
  };
  for (const Row& row : rows) {
    check_refusal(row, [](const char* json) { parse_settings(json, kBase); });
  }
}

BOOST_AUTO_TEST_CASE(reads_the_mode_of_a_route) {
  BOOST_TEST(!parse_route_options("{}").mode.has_value());
  BOOST_TEST(!parse_route_options("").mode.has_value());
  BOOST_TEST((parse_route_options(R"({"mode": "thread"})").mode == Mode::thread));
  BOOST_TEST((parse_route_options(R"({"mode": "async"})").mode == Mode::async));
  BOOST_TEST((parse_route_options(R"({"mode": "pool"})").mode == Mode::pool));
}

BOOST_AUTO_TEST_CASE(reads_the_pool_of_a_route) {
  BOOST_TEST(parse_route_options(R"({"mode": "pool"})").pool == "default");
  BOOST_TEST(parse_route_options(R"({"mode": "pool", "pool": "ml"})").pool == "ml");
  const RouteOptions pool_alone = parse_route_options(R"({"pool": "ml"})");
  BOOST_TEST(pool_alone.pool == "ml");
  BOOST_TEST((pool_alone.mode == Mode::pool));
  check_refusal({"thread", R"({"mode": "thread", "pool": "ml"})", "/pool", "not for 'thread'"},
                parse_route_options);
  check_refusal({"number", R"({"pool": 1})", "/pool", "must be a text"}, parse_route_options);
}

BOOST_AUTO_TEST_CASE(reads_debug_of_all_routes_and_of_one) {
  BOOST_TEST(!parse_settings("{}", kBase).debug);
  BOOST_TEST(parse_settings(R"({"debug": true})", kBase).debug);
  BOOST_TEST(!parse_route_options("{}").debug.has_value());
  BOOST_TEST(parse_route_options(R"({"debug": true})").debug.value());
  BOOST_TEST(!parse_route_options(R"({"debug": false, "mode": "pool"})").debug.value());
}

BOOST_AUTO_TEST_CASE(finds_the_nearest_name) {
  const std::vector<std::string_view> names = {"thread", "pool"};

  BOOST_TEST(nearest("pol", names) == "pool");
  BOOST_TEST(nearest("Thread", names) == "thread");
  BOOST_TEST(nearest("asynchronous", names) == "");
  BOOST_TEST(nearest("", names) == "");
}

BOOST_AUTO_TEST_SUITE_END()
