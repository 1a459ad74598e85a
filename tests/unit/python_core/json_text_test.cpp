#include "core/json_text.hpp"

#include <boost/test/unit_test.hpp>

#include "core/py_ref.hpp"

using namespace plughost::python;

namespace {

std::string replaced_by_python(std::string_view text) {
  const PyRef decoded = PyRef::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(decoded.get(), &size);
  return std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_json_text)

BOOST_AUTO_TEST_CASE(escapes_wherever_the_byte_stands) {
  const std::string plain = "abcdefghijklmnopqrs";
  for (std::size_t at = 0; at <= plain.size(); ++at) {
    for (const char byte : {'"', '\\', '\n', '\x01', '\x1f'}) {
      std::string text = plain;
      text.insert(at, 1, byte);
      std::string out;

      append_json_string(out, text);

      const std::string escape = byte == '"'      ? "\\\""
                                 : byte == '\\'   ? "\\\\"
                                 : byte == '\n'   ? "\\n"
                                 : byte == '\x01' ? "\\u0001"
                                                  : "\\u001f";
      BOOST_TEST(out == "\"" + plain.substr(0, at) + escape + plain.substr(at) + "\"");
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_other_bytes_as_they_are) {
  std::string out;

  append_json_string(out, "\x7f /\u00e4\u2028\U0001f600 !#[]");

  BOOST_TEST(out == "\"\x7f /\u00e4\u2028\U0001f600 !#[]\"");
}

BOOST_AUTO_TEST_CASE(replaces_what_is_not_utf8) {
  BOOST_TEST(printable_utf8("plain") == "plain");
  BOOST_TEST(printable_utf8("\u00e4") == "\u00e4");
  BOOST_TEST(printable_utf8("a\xff"
                            "b") ==
             "a\ufffd"
             "b");
}

BOOST_AUTO_TEST_CASE(replaces_as_python_does) {
  // Every first and second byte, before nothing, an end of the character, and something else.
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const std::string_view rest : {"", "\x80", "\x80\xbfz", "\xbf\xc3", "z"}) {
        std::string text{static_cast<char>(first), static_cast<char>(second)};
        text += rest;

        BOOST_REQUIRE_EQUAL(printable_utf8(text), replaced_by_python(text));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(abbreviates_after_64_characters) {
  const std::string just_enough(64, 'x');
  std::string umlauts;
  for (int count = 0; count < 70; ++count) umlauts += "\u00e4";

  BOOST_TEST(abbreviated(just_enough) == just_enough);
  BOOST_TEST(abbreviated(just_enough + "y") == just_enough + "\u2026");
  BOOST_TEST(abbreviated(umlauts) == umlauts.substr(0, 128) + "\u2026");
}

BOOST_AUTO_TEST_SUITE_END()
