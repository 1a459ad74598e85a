#include "http/chunk_framing.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace plughost::http {
namespace {

using namespace std::string_view_literals;
using Verdict = ChunkFraming::Verdict;

struct Row {
  std::string_view name;
  std::string_view bytes;
  Verdict verdict;
};

constexpr Row kRows[] = {
    {"a size", "5\r\n", Verdict::complete},
    {"a size and data", "5\r\nhello", Verdict::complete},
    {"a last chunk", "0\r\n\r\n", Verdict::complete},
    {"an extension", "5;a\r\n", Verdict::complete},
    {"an extension with a value", "5;a=b\r\n", Verdict::complete},
    {"a quoted value", "5;a=\"b;\\\"c\"\r\n", Verdict::complete},
    {"bad white space", "5 ;\ta = b ; c\r\n", Verdict::complete},
    {"trailers", "0\r\nX-Sum:\t7\r\nX-More:\r\n\r\n", Verdict::complete},
    {"no size", "\r", Verdict::bad_size},
    {"a letter behind a size", "5g", Verdict::bad_size},
    {"33 digits", "000000000000000000000000000000000", Verdict::bad_size},
    {"LF alone behind a size", "5\n", Verdict::bad_ending},
    {"CR alone behind a size", "5\rx", Verdict::bad_ending},
    {"LF alone behind an extension", "5;a\n", Verdict::bad_ending},
    {"white space before the end", "5 \r", Verdict::bad_extension},
    {"white space and a word", "5 a", Verdict::bad_extension},
    {"no name", "5;=", Verdict::bad_extension},
    {"no value", "5;a=\r", Verdict::bad_extension},
    {"two names", "5;a b", Verdict::bad_extension},
    {"a word behind a quotation", "5;a=\"b\"c", Verdict::bad_extension},
    {"CR in a quotation", "5;a=\"b\r", Verdict::bad_extension},
    {"NUL in a quotation", "5;a=\"\0"sv, Verdict::bad_extension},
    {"CR behind a backslash", "5;a=\"\\\r", Verdict::bad_extension},
    {"a trailer without a name", "0\r\n:", Verdict::bad_trailer},
    {"a trailer without a colon", "0\r\nX\r", Verdict::bad_trailer},
    {"NUL in a trailer", "0\r\nX: \0"sv, Verdict::bad_trailer},
    {"LF alone behind a trailer", "0\r\nX: a\n", Verdict::bad_trailer},
    {"CR alone behind a trailer", "0\r\nX: a\rb", Verdict::bad_ending},
    {"CR alone at the end", "0\r\n\rx", Verdict::bad_ending},
    {"a folded trailer", "0\r\nX: a\r\n ", Verdict::folded_trailer},
};

}  // namespace

std::ostream& operator<<(std::ostream& out, Verdict verdict) {
  return out << static_cast<int>(verdict);
}

BOOST_AUTO_TEST_SUITE(http_chunk_framing)

BOOST_AUTO_TEST_CASE(judges_at_the_byte_that_decides) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(ChunkFraming::judge(row.bytes, false) == row.verdict);
      const std::size_t all =
          row.verdict == Verdict::complete ? row.bytes.find('\n') : row.bytes.size() - 1;
      for (std::size_t size = 0; size <= all; ++size) {
        BOOST_TEST(ChunkFraming::judge(row.bytes.substr(0, size), false) == Verdict::incomplete);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(wants_the_end_of_the_chunk_before) {
  BOOST_TEST(ChunkFraming::judge("\r\n5\r\n", true) == Verdict::complete);
  BOOST_TEST(ChunkFraming::judge("\r", true) == Verdict::incomplete);
  BOOST_TEST(ChunkFraming::judge("5\r\n", true) == Verdict::bad_ending);
  BOOST_TEST(ChunkFraming::judge("\n", true) == Verdict::bad_ending);
  BOOST_TEST(ChunkFraming::judge("\rx", true) == Verdict::bad_ending);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
