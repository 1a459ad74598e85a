#include <boost/test/unit_test.hpp>
#include <plughost/sdk/response.hpp>
#include <string>

#include "support/fake_host.hpp"

using plughost::sdk::Response;
using plughost::test::Answer;
using plughost::test::FakeHost;

namespace {

struct Fixture {
  FakeHost host;

  Answer send(Response response) {
    const ph_req token = host.open();
    BOOST_TEST_REQUIRE(std::move(response).send(host.raw(), token) == PH_OK);
    return host.answer(token).value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_sdk_response)

BOOST_FIXTURE_TEST_CASE(carries_status_headers_and_body, Fixture) {
  const Answer answer = send(Response(201).header("x-a", "1").header("x-a", "2").body("made"));

  BOOST_TEST(answer.status == 201U);
  BOOST_TEST(answer.body == "made");
  BOOST_TEST_REQUIRE(answer.headers.size() == 2U);
  BOOST_TEST(answer.headers[1].second == "2");
}

BOOST_FIXTURE_TEST_CASE(names_the_content_type_of_text_and_json, Fixture) {
  BOOST_TEST(send(Response::json("{}")).header("content-type").value() == "application/json");
  BOOST_TEST(send(Response::text("x")).header("content-type").value() ==
             "text/plain; charset=utf-8");
}

BOOST_FIXTURE_TEST_CASE(lets_a_content_type_replace_the_preset_one, Fixture) {
  const Answer answer = send(Response::json("{}").header("Content-Type", "application/ld+json"));

  BOOST_TEST_REQUIRE(answer.headers.size() == 1U);
  BOOST_TEST(answer.headers[0].second == "application/ld+json");
}

BOOST_FIXTURE_TEST_CASE(copies_a_short_body_and_lends_a_long_one, Fixture) {
  const std::string longer(10'000, 'x');

  BOOST_TEST(!send(Response::text("short")).lent);
  const Answer answer = send(Response::text(longer));

  BOOST_TEST(answer.lent);
  BOOST_TEST(answer.body == longer);
}

BOOST_FIXTURE_TEST_CASE(borrows_a_view_of_any_length, Fixture) {
  const std::string longer(10'000, 'x');

  const Answer answer = send(Response::text_view(longer));

  BOOST_TEST(!answer.lent);
  BOOST_TEST(answer.body == longer);
}

BOOST_FIXTURE_TEST_CASE(sends_more_headers_than_fit_inline, Fixture) {
  Response response = Response::json("{}");
  for (int i = 0; i < 20; ++i) response.header("x-" + std::to_string(i), std::to_string(i));

  const Answer answer = send(std::move(response));

  BOOST_TEST_REQUIRE(answer.headers.size() == 21U);
  BOOST_TEST(answer.headers[20].first == "x-19");
}

BOOST_FIXTURE_TEST_CASE(replaces_an_owned_body_by_a_view_and_back, Fixture) {
  BOOST_TEST(send(Response().body("owned").body_view("seen")).body == "seen");
  BOOST_TEST(send(Response().body_view("seen").body("owned")).body == "owned");
}

BOOST_AUTO_TEST_SUITE_END()
