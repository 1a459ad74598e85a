#include "config/fixed_settings.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "unit/config/config_file.hpp"

using namespace plughost::config;

namespace {

struct Row {
  const char* name;
  const char* next;
  const char* line_and_key;  ///< empty: a reload may do it
};

const std::string kRunning = "timeout: 5s\nlimits: { headers: 50, body: 1MiB }\n";
const std::string kRoutes = "routes: { GET /a: { respond: { body: a } } }\n";

constexpr Row kRows[] = {
    {"the_same", "timeout: 5s\nlimits: { headers: 50, body: 1MiB }\n", ""},
    {"other_lines", "\n# a comment\nlimits:\n  headers: 50\n  body: 1MiB\ntimeout: 5s\n", ""},
    {"what_is_of_routes", "timeout: 6s\ncors: '*'\nlimits: { headers: 50, body: 1MiB }\n", ""},
    {"log_level", "log: { level: warn }\nlimits: { headers: 50, body: 1MiB }\n", ""},
    {"other_value", "limits: { headers: 51, body: 1MiB }\n", ":1:1: error: 'limits'"},
    {"less_in_it", "timeout: 5s\nlimits: { headers: 50 }\n", ":2:1: error: 'limits'"},
    {"new_key", "limits: { headers: 50, body: 1MiB }\nthreads: { io: 1 }\n",
     ":2:1: error: 'threads'"},
    {"key_gone", "timeout: 5s\n", ": error: 'limits'"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_fixed_settings)

BOOST_AUTO_TEST_CASE(finds_what_only_a_restart_can_change) {
  const Config running = testing::load(kRunning + kRoutes);
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      Config next = testing::load(row.next + kRoutes);
      next.file = "routes.yaml";
      const auto changes = find_fixed_changes(running, next);
      const std::string expected = row.line_and_key;
      BOOST_REQUIRE(changes.size() == (expected.empty() ? 0u : 1u));
      if (expected.empty()) continue;
      BOOST_TEST(changes[0].to_string() ==
                 "routes.yaml" + expected +
                     " is not as it was when the process started, and can only change by a "
                     "restart; put it back to reload the rest");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
