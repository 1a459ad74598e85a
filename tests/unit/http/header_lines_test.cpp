#include <boost/test/unit_test.hpp>
#include <string_view>

#include "http/message.hpp"
#include "http/response_writer.hpp"

namespace plughost::http {
namespace {

using Verdict = HeaderLines::Verdict;
using namespace std::string_view_literals;

struct Row {
  std::string_view what;
  std::string_view name;
  std::string_view value;
  Verdict verdict;
  std::string_view lines;
};

constexpr Row kRows[] = {
    {"an ordinary field", "Content-Type", "text/plain", Verdict::accepted,
     "Content-Type: text/plain\r\n"},
    {"every token character", "!#$%&'*+-.^_`|~0Az", "x", Verdict::accepted,
     "!#$%&'*+-.^_`|~0Az: x\r\n"},
    {"an empty value", "X-Empty", "", Verdict::accepted, "X-Empty: \r\n"},
    {"HTAB and obs-text in a value", "X-Text", "a\tb\xE9", Verdict::accepted,
     "X-Text: a\tb\xE9\r\n"},
    {"a Date of the handler's", "Date", "today", Verdict::accepted, "Date: today\r\n"},
    {"a Server of the handler's", "Server", "mine", Verdict::accepted, "Server: mine\r\n"},
    {"names as long as framing fields", "X-Seven", "1", Verdict::accepted, "X-Seven: 1\r\n"},
    {"an empty name", "", "x", Verdict::bad_name, ""},
    {"a space in the name", "X Y", "x", Verdict::bad_name, ""},
    {"a colon in the name", "X:", "x", Verdict::bad_name, ""},
    {"a line break in the name", "X\r\nY", "x", Verdict::bad_name, ""},
    {"a byte beyond ASCII in the name", "X\xE9", "x", Verdict::bad_name, ""},
    {"CR LF in the value", "X", "a\r\nSet-Cookie: b", Verdict::bad_value, ""},
    {"a lone CR", "X", "a\rb", Verdict::bad_value, ""},
    {"a lone LF", "X", "a\nb", Verdict::bad_value, ""},
    {"NUL", "X", "a\0b"sv, Verdict::bad_value, ""},
    {"DEL", "X", "a\x7f", Verdict::bad_value, ""},
    {"CR LF hidden in Connection", "Connection", "close\r\n", Verdict::bad_value, ""},
    {"Transfer-Encoding", "transfer-Encoding", "chunked", Verdict::framing, ""},
    {"Trailer", "Trailer", "X", Verdict::framing, ""},
    {"Upgrade", "UPGRADE", "websocket", Verdict::framing, ""},
    {"Keep-Alive", "Keep-Alive", "timeout=5", Verdict::framing, ""},
    {"Connection with another option", "Connection", "keep-alive", Verdict::framing, ""},
    {"Connection with close and more", "Connection", "close, upgrade", Verdict::framing, ""},
    {"an empty Connection", "Connection", "", Verdict::framing, ""},
    {"a Content-Length that is no number", "Content-Length", "5x", Verdict::framing, ""},
    {"a signed Content-Length", "Content-Length", "+5", Verdict::framing, ""},
    {"an empty Content-Length", "Content-Length", "", Verdict::framing, ""},
    {"a Content-Length beyond 64 bits", "Content-Length", "99999999999999999999", Verdict::framing,
     ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_header_lines)

BOOST_AUTO_TEST_CASE(judges_one_line) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.what) {
      HeaderLines lines;

      const Verdict verdict = lines.append(row.name, row.value);

      BOOST_TEST(static_cast<int>(verdict) == static_cast<int>(row.verdict));
      BOOST_TEST(lines.lines() == row.lines);
      BOOST_TEST(!lines.close());
      BOOST_TEST(lines.declared_length() == kUnknownLength);
    }
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_lines) {
  HeaderLines lines;

  lines.append("Set-Cookie", "a");
  lines.append("Set-Cookie", "b");

  BOOST_TEST(lines.lines() == "Set-Cookie: a\r\nSet-Cookie: b\r\n");
}

BOOST_AUTO_TEST_CASE(takes_connection_close_without_a_line) {
  HeaderLines lines;

  const Verdict verdict = lines.append("CONNECTION", " Close ");

  BOOST_TEST((verdict == Verdict::accepted));
  BOOST_TEST(lines.close());
  BOOST_TEST(lines.lines().empty());
}

BOOST_AUTO_TEST_CASE(keeps_content_length_aside) {
  HeaderLines lines;

  BOOST_TEST((lines.append("content-length", "42") == Verdict::accepted));
  BOOST_TEST((lines.append("Content-Length", "42") == Verdict::accepted));
  BOOST_TEST((lines.append("Content-Length", "43") == Verdict::framing));

  BOOST_TEST(lines.declared_length() == 42u);
  BOOST_TEST(lines.lines().empty());
}

BOOST_AUTO_TEST_CASE(notes_a_date) {
  HeaderLines lines;

  lines.append("date", "today");

  BOOST_TEST(lines.has_date());
}

BOOST_AUTO_TEST_CASE(clears_everything) {
  HeaderLines lines;
  lines.append("Date", "today");
  lines.append("Connection", "close");
  lines.append("Content-Length", "1");

  lines.clear();

  BOOST_TEST(lines.lines().empty());
  BOOST_TEST(!lines.close());
  BOOST_TEST(!lines.has_date());
  BOOST_TEST(lines.declared_length() == kUnknownLength);
}

BOOST_AUTO_TEST_CASE(swaps_everything) {
  HeaderLines full;
  full.append("Date", "today");
  full.append("Connection", "close");
  full.append("Content-Length", "1");
  HeaderLines other;

  other.swap(full);

  BOOST_TEST(other.lines() == "Date: today\r\n");
  BOOST_TEST(other.close());
  BOOST_TEST(other.has_date());
  BOOST_TEST(other.declared_length() == 1u);
  BOOST_TEST(full.lines().empty());
  BOOST_TEST(!full.close());
}

BOOST_AUTO_TEST_CASE(finds_a_line_by_its_name) {
  HeaderLines lines;
  lines.append("X-First", "vary: no");
  lines.append("Vary", "Origin");

  BOOST_TEST(lines.contains("vary"));
  BOOST_TEST(lines.contains("x-first"));
  BOOST_TEST(!lines.contains("origin"));
  BOOST_TEST(!lines.contains("x"));
  BOOST_TEST(!HeaderLines().contains("vary"));
}

BOOST_AUTO_TEST_CASE(tells_the_value_of_a_line) {
  HeaderLines lines;
  lines.append("ETag", "  \"a:b\" ");
  lines.append("etag", "second");

  BOOST_TEST(lines.value("etag") == "\"a:b\"");
  BOOST_TEST(lines.value("tag") == "");
}

BOOST_AUTO_TEST_CASE(finds_an_element_of_a_list) {
  HeaderLines lines;
  lines.append("Cache-Control", "max-age=60 , Private");
  lines.append("cache-control", "no-transform");

  BOOST_TEST(lines.lists("cache-control", "max-age"));
  BOOST_TEST(lines.lists("cache-control", "private"));
  BOOST_TEST(lines.lists("cache-control", "no-transform"));
  BOOST_TEST(!lines.lists("cache-control", "no"));
  BOOST_TEST(!lines.lists("vary", "private"));
}

BOOST_AUTO_TEST_CASE(removes_every_line_of_a_name) {
  HeaderLines lines;
  for (const char* name : {"A", "b", "a", "C"}) lines.append(name, "x");

  lines.remove("a");
  lines.remove("d");

  BOOST_TEST(lines.lines() == "b: x\r\nC: x\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
