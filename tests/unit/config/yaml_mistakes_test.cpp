#include <boost/test/unit_test.hpp>

#include "unit/config/config_file.hpp"

using plughost::config::testing::MistakeRow;
using plughost::config::testing::mistakes;

// What is wrong with the YAML itself. Every message is pinned, as users search for them.
namespace {

constexpr MistakeRow kRows[] = {
    {"empty", "",
     "routes.yaml: error: the file is empty; it needs at least 'plugins' and 'routes'\n"},
    {"comments only", "# nothing\n",
     "routes.yaml: error: the file is empty; it needs at least 'plugins' and 'routes'\n"},
    {"a list", "- a\n",
     "routes.yaml:1:1: error: the file must be a mapping with keys like 'plugins' and 'routes'\n"},
    {"a text", "abc",
     "routes.yaml:1:1: error: the file must be a mapping with keys like 'plugins' and 'routes'\n"},
    {"stray comma", ",routes: {}\n",
     "routes.yaml:1:1: error: this belongs to nothing; remove it, or quote it if it is meant as a "
     "text\n"},
    {"two documents", "routes: {}\n---\nroutes: {}\n",
     "routes.yaml:2:1: error: a second document starts here; the file is one document, remove the "
     "'---'\n"},
    {"unquoted IPv6", "timeout: 5s\nlisten: [::1]:8000\n",
     "routes.yaml:2:9: error: an IPv6 address must be quoted, else YAML takes its '[' for a list; "
     "write \"[::1]:8000\"\n"},
    {"unquoted IPv6, any address", "listen: [::]:8000\n",
     "routes.yaml:1:9: error: an IPv6 address must be quoted, else YAML takes its '[' for a list; "
     "write \"[::1]:8000\"\n"},
    {"unquoted IPv6 in braces", "x: { listen: [2001:db8::1]:80 }\n",
     "routes.yaml:1:14: error: an IPv6 address must be quoted, else YAML takes its '[' for a list; "
     "write \"[::1]:8000\"\n"},
    {"unquoted IPv6 without port", "listen: [::1]\nroutes: {}\n",
     "routes.yaml:1:9: error: an IPv6 address must be quoted, else YAML takes its '[' for a list; "
     "write \"[::1]:8000\"\n"},
    {"unquoted variable in braces", "threads: { io: ${N}, executor: 3 }\n",
     "routes.yaml:1:16: error: '${N}' must be quoted inside { } or [ ], else YAML takes its '{' "
     "for a mapping; write \"${N}\"\n"},
    {"unquoted variable in brackets", "x:\n  - [\n    ab${A:-c}d]\n",
     "routes.yaml:3:7: error: '${A:-c}' must be quoted inside { } or [ ], else YAML takes its '{' "
     "for a mapping; write \"${A:-c}\"\n"},
    {"pattern in braces", "routes: { GET /users/{id}: native hello }\n",
     "routes.yaml:1:22: error: this is not expected inside the '{' that opens in line 1, column 9; "
     "separate the parts by ',', close the bracket, or quote a text that holds brackets\n"},
    {"unclosed brace", "routes: {\n", "routes.yaml:1:9: error: the '{' is never closed\n"},
    {"unclosed bracket", "a: [1, 2\nb: c\n",
     "routes.yaml:2:2: error: this is not expected inside the '[' that opens in line 1, column 4; "
     "separate the parts by ',', close the bracket, or quote a text that holds brackets\n"},
    {"wrong bracket", "a: [b}\n",
     "routes.yaml:1:6: error: this bracket closes nothing that it could close; check the pairs\n"},
    {"unclosed double quote", "timeout: 5s\nlisten: \"x\nroutes: {}\n",
     "routes.yaml:2:9: error: the quote that starts here is never closed\n"},
    {"unclosed single quote", "listen: 'it''s\n",
     "routes.yaml:1:9: error: the quote that starts here is never closed\n"},
    {"text behind a quote", "listen: \"a\" b\n",
     "routes.yaml:1:13: error: this does not belong to the mapping above; check the indentation "
     "and the quotes\n"},
    {"colon in a value", "listen: a: b\n",
     "routes.yaml:1:10: error: a ': ' is not expected here; quote a text that holds ': ', and "
     "check the indentation\n"},
    {"bad indentation", "threads:\n  io: 1\n executor: 2\n",
     "routes.yaml:3:2: error: this does not belong to the mapping above; check the indentation and "
     "the quotes\n"},
    {"tab", "threads:\n\tio: 1\n", "routes.yaml:2:1: error: a tab cannot indent; use spaces\n"},
    {"at sign", "listen: @x\n",
     "routes.yaml:1:9: error: a plain text cannot start with this character; put the text in "
     "quotes\n"},
    {"bad escape", "listen: \"\\d\"\n",
     "routes.yaml:1:10: error: this is not an escape of a double-quoted text; write '\\\\' for a "
     "backslash, or use single quotes\n"},
    {"anchor, alias, merge and tag",
     "timeout: &a 5s\nplugin_timeout: *a\n<<: {timeout: 5s}\nroutes: !x {}\n",
     "routes.yaml:1:10: error: anchors ('&') are not supported; write the value out, or quote a "
     "text that starts with '&'\n"
     "routes.yaml:2:17: error: aliases ('*') are not supported; write the value out, or quote a "
     "text that starts with '*'\n"
     "routes.yaml:3:1: error: '<<' is not supported; write the keys out\n"
     "routes.yaml:4:9: error: tags ('!') are not supported; quote the value to make it a text\n"},
    {"unknown alias", "timeout: *a\nroutes: {}\n",
     "routes.yaml:1:10: error: aliases ('*') are not supported; write the value out, or quote a "
     "text that starts with '*'\n"},
    {"duplicate keys",
     "timeout: 5s\nroutes:\n  GET /a: n a\n  \"GET /a\": n b\ntimeout: 6s\n"
     "plugins: {n: n.so}\n",
     "routes.yaml:4:3: error: the key 'GET /a' is there twice, first in line 3; remove one of the "
     "two\n"
     "routes.yaml:5:1: error: the key 'timeout' is there twice, first in line 1; remove one of the "
     "two\n"},
    {"keys that are no texts", "[a]: 1\n~: 2\nroutes: {}\n",
     "routes.yaml:1:1: error: a key must be a text; quote it if it is meant as one\n"
     "routes.yaml:2:1: error: a key must be a text; quote it if it is meant as one\n"},
    {"variables", "timeout: ${PLUGHOST_TEST_UNSET}\nthreads: { io: \"${A B}\" }\nroutes: {}\n",
     "routes.yaml:1:10: error: the environment variable 'PLUGHOST_TEST_UNSET' is not set; set it "
     "or write ${PLUGHOST_TEST_UNSET:-default}\n"
     "routes.yaml:2:16: error: '${A B}' names no variable; write ${NAME} or ${NAME:-default}, or "
     "$${ for a literal ${\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_yaml_mistakes)

BOOST_AUTO_TEST_CASE(explains_each_with_its_place) {
  for (const MistakeRow& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(mistakes(row.yaml) == row.expected); }
  }
}

BOOST_AUTO_TEST_CASE(refuses_endless_nesting) {
  const std::string lines = mistakes("a: " + std::string(100'000, '['));

  BOOST_TEST(lines.find("routes.yaml:1:") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
