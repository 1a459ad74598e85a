#include "config/variables.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

using plughost::config::substitute_variables;

namespace {

struct Environment {
  Environment() {
    ::setenv("PLUGHOST_TEST_A", "alpha", 1);
    ::setenv("PLUGHOST_TEST_EMPTY", "", 1);
    ::setenv("PLUGHOST_TEST_NESTED", "${PLUGHOST_TEST_A}", 1);
    ::unsetenv("PLUGHOST_TEST_UNSET");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_variables, Environment)

BOOST_AUTO_TEST_CASE(replaces_variables) {
  const struct {
    const char* text;
    const char* expected;
  } rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"${PLUGHOST_TEST_A}", "alpha"},
      {"<${PLUGHOST_TEST_A}${PLUGHOST_TEST_A}>", "<alphaalpha>"},
      {"${PLUGHOST_TEST_EMPTY}", ""},
      {"${PLUGHOST_TEST_A:-x}", "alpha"},
      {"${PLUGHOST_TEST_UNSET:-x:-y z}", "x:-y z"},
      {"${PLUGHOST_TEST_UNSET:-}", ""},
      {"${PLUGHOST_TEST_EMPTY:-x}", "x"},
      {"${PLUGHOST_TEST_NESTED}", "${PLUGHOST_TEST_A}"},
      {"$${PLUGHOST_TEST_A}", "${PLUGHOST_TEST_A}"},
      {"a$${b}${PLUGHOST_TEST_A}", "a${b}alpha"},
      {"$HOME $ $$ {x}", "$HOME $ $$ {x}"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto text = substitute_variables(row.text);
      BOOST_REQUIRE(text);
      BOOST_TEST(text.value() == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_with_cause_and_cure) {
  const struct {
    const char* text;
    const char* message;
  } rows[] = {
      {"${PLUGHOST_TEST_UNSET}",
       "the environment variable 'PLUGHOST_TEST_UNSET' is not set; set it or write "
       "${PLUGHOST_TEST_UNSET:-default}"},
      {"x ${A B} y",
       "'${A B}' names no variable; write ${NAME} or ${NAME:-default}, or $${ for a "
       "literal ${"},
      {"${}",
       "'${}' names no variable; write ${NAME} or ${NAME:-default}, or $${ for a literal "
       "${"},
      {"${1A}",
       "'${1A}' names no variable; write ${NAME} or ${NAME:-default}, or $${ for a "
       "literal ${"},
      {"${A-x}",
       "'${A-x}' names no variable; write ${NAME} or ${NAME:-default}, or $${ for a "
       "literal ${"},
      {"a ${A", "'${A' has no closing '}'; close it, or write $${ for a literal ${"},
      {"${A:-${B}}", "the default of 'A' holds another variable; a default is plain text"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto text = substitute_variables(row.text);
      BOOST_REQUIRE(!text);
      BOOST_TEST(text.error() == row.message);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
