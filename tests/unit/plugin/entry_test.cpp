#include "plugin/entry.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/plugin/temporary_folder.hpp"

using namespace plughost::plugin;

namespace {

struct Row {
  const char* fixture_name;
  const char* sentence;
};

constexpr Row kRefused[] = {
    {"fixture_no_entry", "not a plughost plugin: it does not export ph_plugin_entry_v1"},
    {"fixture_major_2",
     "it is built for plugin ABI major 2, this host has 1; build it with this host's headers"},
    {"fixture_lies_major",
     "it is built for plugin ABI major 2, this host has 1; build it with this host's headers"},
    {"fixture_newer_host",
     "it needs a host with plugin ABI 1.7 or newer, this one has 1.2; upgrade the host or use an "
     "older version of the plugin"},
    {"fixture_null_entry", "ph_plugin_entry_v1 returned NULL"},
    {"fixture_incomplete", "its ph_plugin_api lacks bind, unbind, start, stop or destroy"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_entry)

BOOST_AUTO_TEST_CASE(opens_a_good_one) {
  const auto entry = open_entry(SharedLibrary::open(fixture("fixture_plugin")).value());

  BOOST_REQUIRE(entry);
  BOOST_TEST(entry.value()->id == std::string("plughost.fixture"));
}

BOOST_AUTO_TEST_CASE(refuses_the_others_with_a_sentence) {
  for (const auto& row : kRefused) {
    BOOST_TEST_CONTEXT(row.fixture_name) {
      const auto entry = open_entry(SharedLibrary::open(fixture(row.fixture_name)).value());
      BOOST_REQUIRE(!entry);
      BOOST_TEST(entry.error() == row.sentence);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
