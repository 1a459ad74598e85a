#include "builtin/redirect_target.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost;
using builtin::RedirectTarget;
using routing::Pattern;

namespace {

std::string url(const char* target, const char* pattern, const std::vector<std::string>& values,
                const char* query = "") {
  return RedirectTarget::parse(target, Pattern::parse(pattern).value())
      .value()
      .to_url(values, query);
}

std::string mistake(const char* target, const char* pattern = "/{id}/{rest:path}") {
  const auto parsed = RedirectTarget::parse(target, Pattern::parse(pattern).value());
  return parsed ? "" : parsed.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(builtin_redirect_target)

BOOST_AUTO_TEST_CASE(puts_values_where_the_target_names_them) {
  BOOST_TEST(url("/new", "/old", {}) == "/new");
  BOOST_TEST(url("/u/{id}/x", "/users/{id:int}", {"7"}) == "/u/7/x");
  BOOST_TEST(url("/{b}-{a}", "/{a}/{b}", {"1", "2"}) == "/2-1");
  BOOST_TEST(url("https://x.de/{rest}", "/{rest:path}", {"a/b"}) == "https://x.de/a/b");
  BOOST_TEST(url("http://[::1]:80/{id}#top", "/{id}", {"a"}) == "http://[::1]:80/a#top");
  BOOST_TEST(url("https://x.de", "/", {}) == "https://x.de");
}

BOOST_AUTO_TEST_CASE(encodes_what_would_change_the_meaning) {
  BOOST_TEST(url("/n/{x}", "/{x}", {"a b/c?d#e%f"}) == "/n/a%20b%2Fc%3Fd%23e%25f");
  BOOST_TEST(url("/n/{x}", "/{x}", {"\r\nSet-Cookie: a=b"}) == "/n/%0D%0ASet-Cookie:%20a=b");
  BOOST_TEST(url("/n/{x}", "/{x}", {"caf\xC3\xA9\\"}) == "/n/caf%C3%A9%5C");
  BOOST_TEST(url("/n/{x}", "/{x:path}", {"a/b c/"}) == "/n/a/b%20c/");
  BOOST_TEST(url("/n?id={x}", "/{x:path}", {"a/b&c=d+e"}) == "/n?id=a%2Fb%26c%3Dd%2Be");
}

BOOST_AUTO_TEST_CASE(never_turns_a_path_into_a_host) {
  BOOST_TEST(url("/{x}", "/o/{x:path}", {"/evil.example"}) == "/.//evil.example");
  BOOST_TEST(url("/{x}/{y}", "/{y}/{x:path}", {"evil.example", ""}) == "/.//evil.example");
  BOOST_TEST(url("/{x}/{y}", "/{y}/{x:path}", {"a", "b"}) == "/b/a");
  BOOST_TEST(url("/{x}", "/o/{x:path}", {"\\evil.example"}) == "/%5Cevil.example");
  BOOST_TEST(url("https://x.de/{x}", "/o/{x:path}", {"/a"}) == "https://x.de//a");
}

BOOST_AUTO_TEST_CASE(keeps_the_query_of_the_request) {
  BOOST_TEST(url("/new", "/old", {}, "a=1&b=2") == "/new?a=1&b=2");
  BOOST_TEST(url("/new?x=0", "/old", {}, "a=1") == "/new?x=0&a=1");
  BOOST_TEST(url("/new?", "/old", {}, "a=1") == "/new");
  BOOST_TEST(url("/new#f", "/old", {}, "a=1") == "/new?a=1#f");
  BOOST_TEST(url("/new?#f", "/old", {}, "a=1") == "/new#f");
  BOOST_TEST(url("/new", "/old", {}, "a=%0d%0A\xC3#\"") == "/new?a=%0d%0A%C3%23\"");
}

BOOST_AUTO_TEST_CASE(refuses_with_cause_and_cure) {
  const std::string neither =
      " is neither a path like '/new' nor a URL like 'https://example.com/new'; a parameter may "
      "not be in its host";
  for (const char* target : {"new", "", "//x.de/new", "ftp://x.de/", "https://", "https:///x",
                             "https://{id}/x", "https://x.de{id}", "https://a@x.de/"}) {
    BOOST_TEST(mistake(target) == "the redirect target '" + std::string(target) + "'" + neither);
  }
  const struct {
    const char* target;
    const char* message;
  } rows[] = {
      {"/a b",
       "has a character that a URL never has, after '/a'; write it as an escape like '%20'"},
      {"/\xC3\xA9",
       "has a character that a URL never has, after '/'; write it as an escape like '%20'"},
      {"/{ix}", "names '{ix}'; the pattern has {id} {rest}"},
      {"/{rest:path}", "names '{rest:path}'; the pattern has {id} {rest}"},
      {"/{id", "has a brace without its partner; a parameter is written like '{id}'"},
      {"/id}", "has a brace without its partner; a parameter is written like '{id}'"},
      {"/x#{id}", "has a parameter behind its '#'; a fragment is plain text"},
  };
  for (const auto& row : rows) {
    BOOST_TEST(mistake(row.target) ==
               "the redirect target '" + std::string(row.target) + "' " + row.message);
  }
  BOOST_TEST(mistake("/{id}", "/x") ==
             "the redirect target '/{id}' names '{id}'; the pattern has no parameters");
}

BOOST_AUTO_TEST_SUITE_END()
