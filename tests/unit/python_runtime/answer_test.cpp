#include "runtime/answer.hpp"

#include <boost/test/unit_test.hpp>

#include "fake_host.hpp"

using namespace plughost::python;
using namespace plughost::testing;

BOOST_AUTO_TEST_SUITE(python_runtime_answer)

BOOST_AUTO_TEST_CASE(passes_status_headers_and_body) {
  FakeHost host;
  const FakeRequest request;
  Reply reply;
  reply.status = 201;
  reply.body = "made";
  for (int i = 0; i < 20; ++i) reply.headers.emplace_back("x-" + std::to_string(i), "v");

  answer(host.table(), 7, *request.head(), reply);

  const FakeAnswer sent = host.wait_for(7);
  BOOST_TEST(sent.status == 201);
  BOOST_TEST(sent.body == "made");
  BOOST_REQUIRE(sent.headers.size() == 20);
  BOOST_TEST(sent.headers[19].first == "x-19");
}

BOOST_AUTO_TEST_CASE(logs_what_the_reply_asks_for) {
  FakeHost host;
  const FakeRequest request;
  Reply reply;
  reply.log = "Traceback";

  answer(host.table(), 7, *request.head(), reply);

  BOOST_TEST(host.log_text() == "Traceback\n");
}

BOOST_AUTO_TEST_CASE(answers_500_when_the_host_refuses) {
  FakeHost host;
  const FakeRequest request;
  host.refuse_answers(1);

  answer(host.table(), 7, *request.head(), Reply{});

  const FakeAnswer sent = host.wait_for(7);
  BOOST_TEST(sent.status == 500);
  BOOST_TEST(sent.times == 1);
  BOOST_TEST(sent.body.find(R"("instance":"/test","request_id":"test-request")") != sent.body.npos);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_host_refuses_that_too) {
  FakeHost host;
  const FakeRequest request;
  host.refuse_answers(2);

  answer(host.table(), 7, *request.head(), Reply{});

  BOOST_TEST(host.wait_for(7).times == 1);
  BOOST_TEST(host.log_text().find("abort: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(problem_escapes_its_detail) {
  FakeHost host;
  const FakeRequest request;

  answer_problem(host.table(), 7, 504, "a \"b\"\n", *request.head());

  const FakeAnswer sent = host.wait_for(7);
  BOOST_TEST(sent.body ==
             R"({"type":"about:blank","title":"Gateway Timeout","status":504,)"
             R"("detail":"a \"b\"\n","instance":"/test","request_id":"test-request"})");
  BOOST_TEST(sent.headers.size() == 1);
}

BOOST_AUTO_TEST_CASE(problem_503_says_when_to_come_back) {
  FakeHost host;
  const FakeRequest request;

  answer_problem(host.table(), 7, 503, "later", *request.head());

  const FakeAnswer sent = host.wait_for(7);
  BOOST_REQUIRE(sent.headers.size() == 2);
  BOOST_TEST(sent.headers[0].first == "retry-after");
  BOOST_TEST(sent.headers[0].second == "1");
}

BOOST_AUTO_TEST_SUITE_END()
