#include "plugin/diagnose.hpp"

#include <boost/test/unit_test.hpp>

using plughost::SourcePosition;
using plughost::plugin::find_position;

namespace {

struct Row {
  const char* name;
  const char* pointer;
  int line;
};

constexpr Row kRows[] = {
    {"the value itself", "/pools/default/workers", 3},
    {"the object around an unknown key", "/pools/default/wrong", 2},
    {"the nearest known one above", "/pools/other/deep/er", 1},
    {"no pointer: fallback", "", 9},
    {"nothing known above: fallback", "/wrong", 9},
    {"not a pointer: fallback", "wrong", 9},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_diagnose)

BOOST_AUTO_TEST_CASE(finds_the_nearest_position) {
  const plughost::config::Positions positions{
      {"/pools", {1, 1}}, {"/pools/default", {2, 1}}, {"/pools/default/workers", {3, 1}}};

  for (const auto& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(find_position(positions, row.pointer, SourcePosition{9, 1}).line == row.line);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
