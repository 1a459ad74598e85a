#include "routing/route_table.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "unit/routing/routes.hpp"

using namespace plughost::routing;
using plughost::routing::testing::answer;
using plughost::routing::testing::make_route_list;

namespace {

struct Row {
  const char* path;
  const char* expected;  ///< of a GET
};

template <typename Rows>
void check_get(const std::vector<std::string>& lines, const Rows& rows) {
  const RouteTable table("routes.yaml", make_route_list(lines));
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.path) { BOOST_TEST(answer(table, "GET", row.path) == row.expected); }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_route_table)

BOOST_AUTO_TEST_CASE(matches_literal_paths_exactly) {
  const Row rows[] = {
      {"/", "GET /"},       {"/x", "GET /x"},         {"/x/", "GET /x/"},
      {"/x/y", "GET /x/y"}, {"//x", "404"},           {"/x//", "404"},
      {"/X", "404"},        {"/x/y/", "404"},         {"/%78", "GET /x"},
      {"/x%2Fy", "404"},    {"/a%20b", "GET /a%20b"}, {"/%61%20%62", "GET /a%20b"},
  };
  check_get({"GET /", "GET /x", "GET /x/", "GET /x/y", "GET /a%20b"}, rows);
}

BOOST_AUTO_TEST_CASE(decodes_an_escape_only_once) {
  const Row rows[] = {
      {"/50%25", "GET /50%25"},
      {"/50%2525", "GET /50%2525"},
      {"/a%2Fb", "GET /a%2Fb"},
      {"/a/b", "404"},
  };
  check_get({"GET /50%25", "GET /50%2525", "GET /a%2Fb"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_one_segment_for_a_parameter) {
  const Row rows[] = {
      {"/u/7", "GET /u/{id} [7]"},
      {"/u/a%2Fb", "GET /u/{id} [a/b]"},
      {"/u/%2525", "GET /u/{id} [%25]"},
      {"/u/", "404"},
      {"/u", "404"},
      {"/u/7/", "404"},
      {"/u/7/f", "GET /u/{id}/{part} [7] [f]"},
  };
  check_get({"GET /u/{id}", "GET /u/{id}/{part}"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_only_canonical_integers_for_int) {
  const Row rows[] = {
      {"/0", "GET /{n:int} [0]"},
      {"/7", "GET /{n:int} [7]"},
      {"/123456789012345678901234567890", "GET /{n:int} [123456789012345678901234567890]"},
      {"/%31%30", "GET /{n:int} [10]"},
      {"/00", "404"},
      {"/07", "404"},
      {"/-1", "404"},
      {"/+1", "404"},
      {"/1.0", "404"},
      {"/1a", "404"},
      {"/", "404"},
      {"/\xD9\xA3", "404"},
  };
  check_get({"GET /{n:int}"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_the_rest_for_path) {
  const Row rows[] = {
      {"/shop", "GET /shop/{rest:path} []"},
      {"/shop/", "GET /shop/{rest:path} []"},
      {"/shop/a", "GET /shop/{rest:path} [a]"},
      {"/shop/a/b/", "GET /shop/{rest:path} [a/b/]"},
      {"/shop//a", "GET /shop/{rest:path} [/a]"},
      {"/shop/a%2Fb/%2525", "GET /shop/{rest:path} [a/b/%25]"},
      {"/shopping", "404"},
      {"/", "404"},
  };
  check_get({"GET /shop/{rest:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_every_path_for_a_rest_at_the_root) {
  const Row rows[] = {
      {"/", "GET /{rest:path} []"},
      {"//", "GET /{rest:path} [/]"},
      {"/a/b", "GET /{rest:path} [a/b]"},
  };
  check_get({"GET /{rest:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(prefers_the_most_specific_segment_from_the_left) {
  const Row rows[] = {
      {"/a/1/c", "GET /a/1/c"},
      {"/a/1/d", "GET /a/1/{x} [d]"},
      {"/a/2/c", "GET /a/{n:int}/c [2]"},
      {"/a/x/c", "GET /a/{n}/c [x]"},
      {"/a/x/d", "GET /a/{r:path} [x/d]"},
      {"/a/2/d", "GET /a/{r:path} [2/d]"},
      {"/a", "GET /a/{r:path} []"},
      {"/b", "GET /{x} [b]"},
      {"/b/c", "GET /{r:path} [b/c]"},
  };
  check_get({"GET /{r:path}", "GET /a/{r:path}", "GET /a/{n}/c", "GET /a/{n:int}/c", "GET /a/1/{x}",
             "GET /a/1/c", "GET /{x}"},
            rows);
}

BOOST_AUTO_TEST_CASE(prefers_an_end_to_an_empty_rest) {
  const Row rows[] = {
      {"/a", "GET /a"},
      {"/a/", "GET /a/"},
      {"/a/b", "GET /a/{r:path} [b]"},
  };
  check_get({"GET /a/{r:path}", "GET /a", "GET /a/"}, rows);
}

BOOST_AUTO_TEST_CASE(goes_back_where_a_specific_segment_leads_nowhere) {
  const Row rows[] = {
      {"/a/1/z", "GET /{x}/{y}/z [a] [1]"},
      {"/a/1/b", "GET /a/{n:int}/b [1]"},
      {"/a/1/2/3", "GET /{r:path} [a/1/2/3]"},
  };
  check_get({"GET /a/1/y", "GET /a/{n:int}/b", "GET /{x}/{y}/z", "GET /{r:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(finds_its_way_through_every_mix_of_literals_and_parameters) {
  constexpr unsigned kLevels = 8;
  std::vector<std::string> lines;
  for (unsigned mix = 0; mix < 1u << kLevels; ++mix) {
    std::string line = "GET ";
    for (unsigned level = 0; level < kLevels; ++level) {
      line += (mix >> level) % 2 == 0 ? "/a" : "/{p" + std::to_string(level) + "}";
    }
    lines.push_back(line + "/end");
  }
  const RouteTable table("routes.yaml", make_route_list(lines));
  std::string long_path;
  for (int level = 0; level < 4000; ++level) long_path += "/a";

  BOOST_TEST(answer(table, "GET", "/a/a/a/a/a/a/a/a/end") == "GET /a/a/a/a/a/a/a/a/end");
  BOOST_TEST(answer(table, "GET", "/a/b/a/a/a/a/a/c/end") ==
             "GET /a/{p1}/a/a/a/a/a/{p7}/end [b] [c]");
  BOOST_TEST(answer(table, "GET", "/a/a/a/a/a/a/a/a/dne") == "404");
  BOOST_TEST(answer(table, "GET", long_path) == "404");
}

BOOST_AUTO_TEST_CASE(reuses_a_match_without_traces_of_the_last_one) {
  const RouteTable table("routes.yaml", make_route_list({"GET /a/{x}", "GET /b"}));
  Match match;
  table.match("GET", "localhost", "/a/1", match);
  table.match("POST", "localhost", "/b", match);
  BOOST_TEST(match.allow == "GET, HEAD, OPTIONS");
  BOOST_TEST(match.params.empty());
  BOOST_TEST((match.route == nullptr));

  table.match("GET", "localhost", "/a/2", match);

  BOOST_TEST((match.kind == MatchKind::found));
  BOOST_TEST(match.allow == "");
  BOOST_TEST(match.params.size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_routes_in_the_order_given) {
  const RouteTable table("routes.yaml", make_route_list({"GET /b", "GET /a"}));

  BOOST_TEST(table.routes().size() == 2u);
  BOOST_TEST(table.routes()[0].handler_name == "GET /b");
}

BOOST_AUTO_TEST_CASE(answers_404_from_an_empty_table) {
  const RouteTable table("routes.yaml", {});

  BOOST_TEST(answer(table, "GET", "/") == "404");
  BOOST_TEST(answer(table, "OPTIONS", "*") == "204 OPTIONS");
}

BOOST_AUTO_TEST_SUITE_END()
