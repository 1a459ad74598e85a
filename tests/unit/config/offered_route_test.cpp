#include "config/offered_route.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

using namespace plughost;
using namespace plughost::config;

namespace {

using Lines = std::vector<std::string>;

struct Read {
  std::optional<Route> route;
  Lines mistakes;
};

Read read(const OfferedRoute& offered, const Config& config, const Plugin& plugin) {
  const PatternCheck check = [](std::string_view pattern) {
    return pattern == "/wrong" ? "the check says no" : "";
  };
  std::vector<Diagnostic> mistakes;
  Read read{read_offered_route(offered, plugin, check, config, mistakes), {}};
  for (const Diagnostic& mistake : mistakes) read.mistakes.push_back(mistake.to_string());
  return read;
}

Read read(const OfferedRoute& offered) {
  Config config;
  config.file = "routes.yaml";
  config.plugins.push_back({"py", "python_plugin.so", "{}", {}, {3, 5}});
  return read(offered, config, config.plugins.front());
}

struct Row {
  const char* name;
  OfferedRoute offered;
  Lines mistakes;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_offered_route)

BOOST_AUTO_TEST_CASE(reads_what_a_line_of_the_file_could_say) {
  const auto [route, mistakes] =
      read({{"GET", "POST"},
            "/users/{id:int}",
            "app:user",
            R"({"timeout": "5s", "mode": "pool", "body": 16, "max_in_flight": 64, "compress": true,
                "cors": ["https://a.example"], "more": [1, "2", null, {"a": 1.5}]})",
            "app.py:12"});

  BOOST_TEST(mistakes == Lines{}, boost::test_tools::per_element());
  BOOST_REQUIRE(route.has_value());
  BOOST_TEST(route->methods == (Lines{"GET", "POST"}), boost::test_tools::per_element());
  BOOST_TEST(route->pattern == "/users/{id:int}");
  BOOST_TEST(route->plugin == "py");
  BOOST_TEST(route->handler == "app:user");
  BOOST_TEST((route->timeout == milliseconds(5000)));
  BOOST_TEST(route->body == 16u);
  BOOST_TEST(route->max_in_flight == 64u);
  BOOST_TEST(route->codings == (Lines{"zstd", "gzip"}), boost::test_tools::per_element());
  BOOST_REQUIRE(route->cors);
  BOOST_TEST(route->options_json == R"({"mode":"pool","more":[1,"2",null,{"a":1.5}]})");
  BOOST_TEST(route->origin == "app.py:12");
  BOOST_TEST(route->position.line == 0);
}

BOOST_AUTO_TEST_CASE(takes_any_method_the_defaults_and_a_text_as_it_is) {
  const auto [route, mistakes] = read({{}, "/", "f", R"({"x": "${HOME}", "y": "1"})", ""});

  BOOST_REQUIRE(route.has_value());
  BOOST_TEST(route->methods.empty());
  BOOST_TEST((route->timeout == Config().timeout));
  BOOST_TEST(route->options_json == R"({"x":"${HOME}","y":"1"})");
}

BOOST_AUTO_TEST_CASE(tells_mistakes_at_the_route_or_else_at_the_plugin) {
  const Row rows[] = {
      {"no such method",
       {{"GTE"}, "/", "f", "", "app.py:1"},
       {"app.py:1: error: plugin 'py': 'GTE' is not a registered HTTP method; ANY takes every "
        "method (did you mean 'GET'?)"}},
      {"unknown place",
       {{"GET"}, "/wrong", "f", "", ""},
       {"routes.yaml:3:5: error: plugin 'py': the check says no"}},
      {"several options",
       {{"GET"},
        "/",
        "f",
        R"({"timeout": "5 parsecs", "mode": 1, "max_in_flight": 0})",
        "app.py:1"},
       {"app.py:1: error: plugin 'py': in 'timeout': '5 parsecs' is not a duration; write a whole "
        "number with ms, s, m or h",
        "app.py:1: error: plugin 'py': in 'max_in_flight': '0' is too small; at least 1"}},
      {"a key in an option",
       {{"GET"}, "/", "f", R"({"a": 1, "cors": {"origns": "*"}})", "app.py:1"},
       {"app.py:1: error: plugin 'py': in 'cors': unknown key 'origns' in 'cors' (did you mean "
        "'origins'?)",
        "app.py:1: error: plugin 'py': in 'cors': 'cors' has no 'origins'; add them like 'origins: "
        "[https://app.example]'"}},
      {"another answer",
       {{"GET"}, "/", "f", R"({"respond": 204})", "app.py:1"},
       {"app.py:1: error: plugin 'py': in 'respond': the route 'GET /' has 'to' already; keep one "
        "of the two"}},
      {"no handler",
       {{"GET"}, "/", "", "", "app.py:1"},
       {"app.py:1: error: plugin 'py': 'py ' names no handler; write 'PLUGIN HANDLER', like "
        "'native hello'"}},
      {"no object",
       {{"GET"}, "/", "f", "3", "app.py:1"},
       {"app.py:1: error: plugin 'py': broke a rule of the plugin ABI: its options are no JSON "
        "object"}},
      {"no JSON",
       {{"GET"}, "/", "f", "{", "app.py:1"},
       {"app.py:1: error: plugin 'py': broke a rule of the plugin ABI: its options are no JSON "
        "object: at byte 1: Missing a name for object member."}},
      {"an option twice",
       {{"GET"}, "/", "f", R"({"body": 1, "body": 2, "timeout": ""})", "app.py:1"},
       {"app.py:1: error: plugin 'py': the key 'body' is there twice; remove one of the two",
        "app.py:1: error: plugin 'py': in 'timeout': expected a duration like 30s, but there is "
        "nothing; write one or remove the key"}},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(read(row.offered).mistakes == row.mistakes, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(gives_no_route_without_methods_and_pattern) {
  BOOST_TEST(!read({{"GET", "GET"}, "/", "f", "", "app.py:1"}).route);
  BOOST_TEST(!read({{"GET"}, "", "f", "", "app.py:1"}).route);
  BOOST_TEST(!read({{"GET POST"}, "/", "f", "", "app.py:1"}).route);
}

BOOST_AUTO_TEST_SUITE_END()
