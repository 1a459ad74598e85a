#include "http/conditional.hpp"

#include <boost/test/unit_test.hpp>
#include <ostream>

#include "fields.hpp"

namespace plughost::http {

std::ostream& operator<<(std::ostream& out, Precondition value) {
  constexpr const char* kNames[] = {"proceed", "not_modified", "failed"};
  return out << kNames[static_cast<int>(value)];
}

namespace {

constexpr std::time_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::time_t kNow = 1'800'000'000;
constexpr Validators kCurrent{"\"v2\"", kModified};

constexpr std::string_view kSame = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kEarlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view kLater = "Sun, 06 Nov 1994 08:49:38 GMT";

struct Row {
  const char* name;
  std::initializer_list<HeaderField> fields;
  Precondition expected;
};

// RFC 9110 section 13.
const Row kRows[] = {
    {"none", {}, Precondition::proceed},
    {"if-none-match, the same", {{"if-none-match", "\"v2\""}}, Precondition::not_modified},
    {"if-none-match, weak", {{"if-none-match", "W/\"v2\""}}, Precondition::not_modified},
    {"if-none-match, in a list", {{"if-none-match", "\"v1\", \"v2\""}}, Precondition::not_modified},
    {"if-none-match, in the second line",
     {{"if-none-match", "\"v1\""}, {"if-none-match", "\"v2\""}},
     Precondition::not_modified},
    {"if-none-match, any", {{"if-none-match", "*"}}, Precondition::not_modified},
    {"if-none-match, others", {{"if-none-match", "\"v1\",\"v3\""}}, Precondition::proceed},
    {"if-none-match, comma in a tag",
     {{"if-none-match", "\"a,b\",\"v2\""}},
     Precondition::not_modified},
    {"if-none-match, no quotes", {{"if-none-match", "v2"}}, Precondition::proceed},
    {"if-none-match beats the date",
     {{"if-none-match", "\"v1\""}, {"if-modified-since", kLater}},
     Precondition::proceed},
    {"if-modified-since, same", {{"if-modified-since", kSame}}, Precondition::not_modified},
    {"if-modified-since, later", {{"if-modified-since", kLater}}, Precondition::not_modified},
    {"if-modified-since, earlier", {{"if-modified-since", kEarlier}}, Precondition::proceed},
    {"if-modified-since, no date", {{"if-modified-since", "yesterday"}}, Precondition::proceed},
    {"if-match, same", {{"if-match", "\"v2\""}}, Precondition::proceed},
    {"if-match, any", {{"if-match", "*"}}, Precondition::proceed},
    {"if-match, weak", {{"if-match", "W/\"v2\""}}, Precondition::failed},
    {"if-match, other", {{"if-match", "\"v1\""}}, Precondition::failed},
    {"if-match beats the date",
     {{"if-match", "\"v2\""}, {"if-unmodified-since", kEarlier}},
     Precondition::proceed},
    {"if-unmodified-since, same", {{"if-unmodified-since", kSame}}, Precondition::proceed},
    {"if-unmodified-since, earlier", {{"if-unmodified-since", kEarlier}}, Precondition::failed},
    {"if-unmodified-since, no date", {{"if-unmodified-since", "x"}}, Precondition::proceed},
    {"if-match and if-none-match",
     {{"if-match", "\"v2\""}, {"if-none-match", "\"v2\""}},
     Precondition::not_modified},
};

struct RangeRow {
  const char* field;
  const char* expected;  ///< "first+length", "whole" or "unsatisfiable", of 100 bytes
};

// RFC 9110 section 14.1.2.
const RangeRow kRanges[] = {
    {"bytes=0-0", "0+1"},
    {"bytes=0-99", "0+100"},
    {"bytes=10-19", "10+10"},
    {"bytes=10-", "10+90"},
    {"bytes=-10", "90+10"},
    {"bytes=-100", "0+100"},
    {"bytes=-1000", "0+100"},
    {"bytes=90-1000", "90+10"},
    {"bytes=0-99999999999999999999999", "0+100"},
    {"BYTES=1-2", "1+2"},
    {"bytes = 1-2", "1+2"},
    {"bytes=100-", "unsatisfiable"},
    {"bytes=100-200", "unsatisfiable"},
    {"bytes=-0", "unsatisfiable"},
    {"bytes=99999999999999999999999-", "unsatisfiable"},
    {"bytes=2-1", "whole"},
    {"bytes=-", "whole"},
    {"bytes=", "whole"},
    {"bytes", "whole"},
    {"bytes=a-b", "whole"},
    {"bytes=1-b", "whole"},
    {"bytes=+1-2", "whole"},
    {"bytes=1--2", "whole"},
    {"bytes=0-1,5-6", "whole"},
    {"items=0-1", "whole"},
    {"", "whole"},
};

std::string described(const ByteRange& range) {
  if (range.kind == ByteRange::Kind::whole) return "whole";
  if (range.kind == ByteRange::Kind::unsatisfiable) return "unsatisfiable";
  return std::to_string(range.first) + '+' + std::to_string(range.length);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_conditional)

BOOST_AUTO_TEST_CASE(judges_preconditions) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(check_preconditions(RequestWith(row.fields), kCurrent, kNow) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(selects_a_range) {
  for (const RangeRow& row : kRanges) {
    BOOST_TEST_CONTEXT(row.field) {
      const RequestWith request({{"range", row.field}});
      BOOST_TEST(described(select_range(request, 100, kCurrent, kNow)) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(has_no_range_of_nothing) {
  for (const char* field : {"bytes=0-", "bytes=0-0", "bytes=-1"}) {
    const RequestWith request({{"range", field}});
    BOOST_TEST(described(select_range(request, 0, kCurrent, kNow)) == "unsatisfiable");
  }
}

BOOST_AUTO_TEST_CASE(sends_head_no_part) {
  const RequestWith request({{"range", "bytes=0-1"}}, "HEAD");

  BOOST_TEST(described(select_range(request, 100, kCurrent, kNow)) == "whole");
}

BOOST_AUTO_TEST_CASE(sends_the_whole_when_if_range_does_not_hold) {
  const auto selected = [](std::string_view if_range) {
    const RequestWith request({{"range", "bytes=0-1"}, {"if-range", if_range}});
    return described(select_range(request, 100, kCurrent, kNow));
  };

  BOOST_TEST(selected("\"v2\"") == "0+2");
  BOOST_TEST(selected("\"v1\"") == "whole");
  BOOST_TEST(selected("W/\"v2\"") == "whole");
  BOOST_TEST(selected(kSame) == "0+2");
  BOOST_TEST(selected(kLater) == "whole");
  BOOST_TEST(selected("x") == "whole");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
