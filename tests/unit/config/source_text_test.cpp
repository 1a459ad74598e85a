#include "config/source_text.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "unit/config/config_file.hpp"

using namespace plughost;
using plughost::config::SourceText;
using plughost::config::testing::ConfigFolder;

namespace {

std::string first_mistake(const std::string& file) {
  try {
    config::read_source(file);
  } catch (const StartError& error) {
    BOOST_TEST((error.exit_code() == ExitCode::refused));
    return error.diagnostics().at(0).to_string();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_source_text)

BOOST_AUTO_TEST_CASE(finds_lines_whatever_ends_them) {
  const SourceText source("one\ntwo\r\nthree\rfour");

  BOOST_TEST(source.line(1) == "one");
  BOOST_TEST(source.line(2) == "two");
  BOOST_TEST(source.line(3) == "three");
  BOOST_TEST(source.line(4) == "four");
  BOOST_TEST(source.line(5) == "");
  BOOST_TEST(source.line(0) == "");
}

BOOST_AUTO_TEST_CASE(converts_between_offsets_and_positions) {
  const SourceText source("one\ntwo\r\nthree");

  BOOST_TEST(source.offset({1, 1}) == 0u);
  BOOST_TEST(source.offset({3, 2}) == 10u);
  BOOST_TEST(source.offset({9, 1}) == source.text().size());
  BOOST_TEST(source.offset({}) == source.text().size());
  BOOST_TEST(source.position(10).line == 3);
  BOOST_TEST(source.position(10).column == 2);
}

BOOST_AUTO_TEST_CASE(leaves_out_a_byte_order_mark) {
  const ConfigFolder folder("\xEF\xBB\xBFlisten: x");

  BOOST_TEST(config::read_source(folder.file()).text() == "listen: x");
}

BOOST_AUTO_TEST_CASE(says_why_a_file_cannot_be_read) {
  const ConfigFolder folder;
  const std::string path = folder.path().string();

  BOOST_TEST(first_mistake(path + "/nope.yaml") ==
             path + "/nope.yaml: error: there is no such file; name the right one with -c");
  BOOST_TEST(first_mistake(path) == path + ": error: the file cannot be read: Is a directory");
}

BOOST_AUTO_TEST_CASE(refuses_text_that_yaml_cannot_hold) {
  const struct {
    const char* name;
    std::string text;
    const char* expected;
  } rows[] = {
      {"not UTF-8", "a: b\nc: \xFF", ":2:4: error: the file is not UTF-8 here; save it as UTF-8"},
      {"overlong", "\xC0\xAF", ":1:1: error: the file is not UTF-8 here; save it as UTF-8"},
      {"cut", "a\xE2\x82", ":1:2: error: the file is not UTF-8 here; save it as UTF-8"},
      {"NUL", std::string("a: \0b", 5),
       ":1:4: error: a control character is not allowed in YAML; remove it, or write it as an "
       "escape in double quotes"},
      {"end of transmission", "a: b\x04",
       ":1:5: error: a control character is not allowed in YAML; remove it, or write it as an "
       "escape in double quotes"},
      {"large", std::string((1 << 20) + 1, ' '), ": error: the file is larger than 1 MiB"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const ConfigFolder folder(row.text);
      BOOST_TEST(first_mistake(folder.file()) == folder.file() + row.expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
