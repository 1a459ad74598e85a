#include "routing/pattern.hpp"

#include <boost/test/unit_test.hpp>

using plughost::Result;
using plughost::routing::Pattern;
using plughost::routing::Segment;
using plughost::routing::SegmentKind;

namespace {

/// "users|{id:int}|{rest:path}": how the segments came out.
std::string describe(const Pattern& pattern) {
  std::string text;
  for (const Segment& segment : pattern.segments()) {
    if (&segment != &pattern.segments().front()) text += '|';
    switch (segment.kind) {
      case SegmentKind::literal:
        text += segment.text;
        break;
      case SegmentKind::integer:
        text += "{" + segment.text + ":int}";
        break;
      case SegmentKind::any:
        text += "{" + segment.text + "}";
        break;
      case SegmentKind::rest:
        text += "{" + segment.text + ":path}";
        break;
    }
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_pattern)

BOOST_AUTO_TEST_CASE(splits_into_segments) {
  const struct {
    const char* text;
    const char* segments;
    const char* mount;
  } rows[] = {
      {"/", "", ""},
      {"/a", "a", "/a"},
      {"/a/", "a|", "/a"},
      {"//a", "|a", "//a"},
      {"/a/b", "a|b", "/a/b"},
      {"/users/{id}", "users|{id}", "/users"},
      {"/users/{id:int}/files/{rest:path}", "users|{id:int}|files|{rest:path}", "/users"},
      {"/{rest:path}", "{rest:path}", ""},
      {"/{_a}/{b2}/", "{_a}|{b2}|", ""},
      {"/a%20b/%7e", "a b|~", "/a b/~"},
      {"/a%2Fb", "a/b", "/a/b"},
      {"/a..b/...", "a..b|...", "/a..b/..."},
      {"/caf\xC3\xA9", "caf\xC3\xA9", "/caf\xC3\xA9"},
      {"/a:b;c=1,2@x", "a:b;c=1,2@x", "/a:b;c=1,2@x"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const Result<Pattern> pattern = Pattern::parse(row.text);

      BOOST_REQUIRE(pattern);
      BOOST_TEST(pattern.value().text() == row.text);
      BOOST_TEST(describe(pattern.value()) == row.segments);
      BOOST_TEST(pattern.value().mount() == row.mount);
    }
  }
}

BOOST_AUTO_TEST_CASE(lists_parameters_in_order) {
  const std::vector<std::string> expected{"b", "a", "rest"};

  const Result<Pattern> pattern = Pattern::parse("/{b}/x/{a:int}/{rest:path}");

  BOOST_REQUIRE(pattern);
  BOOST_TEST(pattern.value().parameters() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_with_cause_and_cure) {
  const struct {
    const char* text;
    const char* message;
  } rows[] = {
      {"", "the path '' must start with '/'"},
      {"ab", "the path 'ab' must start with '/'"},
      {"a/b",
       "the host 'a' before the path has no dot; if it is part of the path, write '/' before it, "
       "and if it is a host, write 'a.'"},
      {"/a{id}",
       "the segment 'a{id}' mixes text and braces; a parameter is a whole segment like "
       "'{id}'"},
      {"/{id}b",
       "the segment '{id}b' mixes text and braces; a parameter is a whole segment like "
       "'{id}'"},
      {"/{id",
       "the segment '{id' mixes text and braces; a parameter is a whole segment like "
       "'{id}'"},
      {"/id}",
       "the segment 'id}' mixes text and braces; a parameter is a whole segment like "
       "'{id}'"},
      {"/{", "the segment '{' mixes text and braces; a parameter is a whole segment like '{id}'"},
      {"/{a}{b}",
       "the segment '{a}{b}' mixes text and braces; a parameter is a whole segment like "
       "'{id}'"},
      {"/{}",
       "'' in '{}' is not a parameter name; use letters, digits and '_', and no digit "
       "first"},
      {"/{1a}",
       "'1a' in '{1a}' is not a parameter name; use letters, digits and '_', and no digit "
       "first"},
      {"/{a-b:int}",
       "'a-b' in '{a-b:int}' is not a parameter name; use letters, digits and '_', "
       "and no digit first"},
      {"/{a:str}",
       "'str' in '{a:str}' is not a parameter type; there are 'int' and 'path', or "
       "none"},
      {"/{a:}", "'' in '{a:}' is not a parameter type; there are 'int' and 'path', or none"},
      {"/{a}/{a:int}", "the parameter '{a}' is there twice; give each its own name"},
      {"/{r:path}/x", "'{r:path}' takes the rest of the path; it must be the last segment"},
      {"/{r:path}/", "'{r:path}' takes the rest of the path; it must be the last segment"},
      {"/a?b",
       "the path '/a?b' has a character that a request's path never has, after '/a'; write "
       "it as an escape like '%20', and leave out query and fragment"},
      {"/#",
       "the path '/#' has a character that a request's path never has, after '/'; write it "
       "as an escape like '%20', and leave out query and fragment"},
      {"/a b",
       "the path '/a b' has a character that a request's path never has, after '/a'; write "
       "it as an escape like '%20', and leave out query and fragment"},
      {"/100%",
       "the segment '100%' has a bad escape; '%' is followed by two hexadecimal digits, "
       "and %00 is no character of a path (a '%' itself is '%25')"},
      {"/a/../b", "the segment '..' never occurs in a request; write the path without it"},
      {"/%2e", "the segment '%2e' never occurs in a request; write the path without it"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const Result<Pattern> pattern = Pattern::parse(row.text);

      BOOST_REQUIRE(!pattern);
      BOOST_TEST(pattern.error() == row.message);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
