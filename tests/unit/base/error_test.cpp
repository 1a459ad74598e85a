#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost {

BOOST_AUTO_TEST_SUITE(base_error)

BOOST_AUTO_TEST_CASE(names_file_line_and_column) {
  const Diagnostic diagnostic{"routes.yaml", {3, 7}, "unknown key 'tiemout'"};

  BOOST_TEST(diagnostic.to_string() == "routes.yaml:3:7: error: unknown key 'tiemout'");
}

BOOST_AUTO_TEST_CASE(leaves_an_unknown_place_out) {
  const Diagnostic diagnostic{"routes.yaml", {}, "no such file"};

  BOOST_TEST(diagnostic.to_string() == "routes.yaml: error: no such file");
}

BOOST_AUTO_TEST_CASE(keeps_every_diagnostic_of_a_failed_start) {
  const StartError error(ExitCode::refused, {{"a.yaml", {1, 1}, "x"}, {"a.yaml", {2, 1}, "y"}});

  BOOST_TEST(error.diagnostics().size() == 2u);
  BOOST_TEST(error.what() == "a.yaml:1:1: error: x");
  BOOST_TEST(static_cast<int>(error.exit_code()) == 3);
}

BOOST_AUTO_TEST_CASE(holds_a_value_or_a_reason) {
  Result<std::string> good("value");
  const auto bad = Result<std::string>::failure("the reason");

  BOOST_TEST(static_cast<bool>(good));
  BOOST_TEST(good.value() == "value");
  BOOST_TEST(!bad);
  BOOST_TEST(bad.error() == "the reason");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost
