#include "pool/frame.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/python_runtime/fake_host.hpp"

using namespace plughost::python::pool;
using plughost::testing::FakeRequest;
using plughost::testing::text;
using plughost::testing::view;

BOOST_AUTO_TEST_SUITE(python_pool_frame)

BOOST_AUTO_TEST_CASE(carries_a_request_head) {
  FakeRequest request("a=1&b=2", std::string("zero \0 inside", 13));
  request.with_params({{"name", "value"}}).with_deadline(77);
  ph_req_head sent = *request.head();
  const ph_header headers[] = {{view("x-one"), view("1")}, {view("x-one"), view("2")}};
  sent.headers = headers;
  sent.n_headers = 2;
  sent.client_port = 4711;
  RequestWriter writer;

  writer.reset({}, 1);
  writer.add(3, sent);
  RequestReader reader(writer.bytes());
  std::uint32_t target = 0;
  const ph_req_head& got = reader.next(target);

  BOOST_TEST(reader.tasks() == 1u);
  BOOST_TEST(target == 3u);
  BOOST_TEST(text(got.query) == "a=1&b=2");
  BOOST_TEST(text(got.method) == "POST");
  BOOST_TEST(text(got.request_id) == "test-request");
  BOOST_TEST(got.client_port == 4711u);
  BOOST_TEST(got.deadline_ns == 77u);
  BOOST_TEST(got.content_length == 13u);
  BOOST_TEST_REQUIRE(got.n_headers == 2u);
  BOOST_TEST(text(got.headers[1].value) == "2");
  BOOST_TEST_REQUIRE(got.n_params == 1u);
  BOOST_TEST(text(got.params[0].value) == "value");
  BOOST_TEST(std::string(static_cast<const char*>(got.body.ptr), got.body.len) ==
             std::string("zero \0 inside", 13));
}

BOOST_AUTO_TEST_CASE(carries_definitions_before_tasks) {
  RequestWriter writer;

  writer.reset({{"m:f", {"id", "name"}}, {"m:g", {}}}, 0);
  const RequestReader reader(writer.bytes());

  BOOST_TEST_REQUIRE(reader.definitions().size() == 2u);
  BOOST_TEST(reader.definitions()[0].spec == "m:f");
  BOOST_TEST(reader.definitions()[0].params[1] == "name");
  BOOST_TEST(reader.definitions()[1].params.empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_request_cut_at_any_byte) {
  const FakeRequest request("q", "body");
  RequestWriter writer;
  writer.reset({{"m:f", {"id"}}}, 1);
  writer.add(0, *request.head());
  const std::string whole(writer.bytes());

  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::uint32_t target = 0;
    BOOST_CHECK_THROW(RequestReader(std::string_view(whole).substr(0, length)).next(target),
                      std::runtime_error);
  }
}

BOOST_AUTO_TEST_CASE(carries_replies_one_after_the_other) {
  TaskReply first;
  first.took_ns = 5;
  first.reply.status = 201;
  first.reply.headers = {{"x-a", "1"}};
  first.reply.body = "made";
  TaskReply second;
  second.problem = true;
  second.reply.log = "why";
  std::string bytes;

  append_reply(first, bytes);
  append_reply(second, bytes);
  std::string_view left = bytes;
  TaskReply got;

  BOOST_TEST_REQUIRE(take_reply(left, got));
  BOOST_TEST(got.reply.status == 201u);
  BOOST_TEST(got.reply.headers[0].second == "1");
  BOOST_TEST(got.reply.body == "made");
  BOOST_TEST(got.took_ns == 5u);
  BOOST_TEST_REQUIRE(take_reply(left, got));
  BOOST_TEST(got.problem);
  BOOST_TEST(got.reply.log == "why");
  BOOST_TEST(got.reply.headers.empty());
  BOOST_TEST(!take_reply(left, got));
}

BOOST_AUTO_TEST_SUITE_END()
