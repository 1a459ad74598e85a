#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <memory>
#include <plughost/sdk/stream.hpp>
#include <string>

#include "support/fake_host.hpp"
#include "support/fake_request.hpp"

using plughost::sdk::Error;
using plughost::sdk::Request;
using plughost::sdk::ResponseStream;
using plughost::sdk::server_sent_event;
using plughost::test::Answer;
using plughost::test::FakeHost;
using plughost::test::FakeRequest;
using plughost::test::Lines;

namespace {

struct Fixture {
  FakeHost host;
  FakeRequest source;
  ph_req token = host.open();

  Request request() { return {host.raw(), token, source.head()}; }
  ResponseStream stream() { return request().start(); }
  Answer answer() { return host.answer(token).value(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(abi_sdk_stream, Fixture)

BOOST_AUTO_TEST_CASE(starts_writes_and_finishes) {
  Request started = request();

  ResponseStream stream = started.start(201, {{"content-type", "text/csv"}});
  BOOST_TEST(stream.write("a,") == PH_OK);
  BOOST_TEST(stream.write_view("b") == PH_OK);
  BOOST_TEST(stream.finish({{"x-sum", "7"}}) == PH_OK);

  BOOST_TEST(!started.owed());
  BOOST_TEST(!stream.owed());
  BOOST_TEST(answer().status == 201U);
  BOOST_TEST((answer().headers == Lines{{"content-type", "text/csv"}}));
  BOOST_TEST(answer().body == "a,b");
  BOOST_TEST((answer().trailers == Lines{{"x-sum", "7"}}));
}

BOOST_AUTO_TEST_CASE(truncates_a_stream_that_is_dropped) {
  { const ResponseStream dropped = stream(); }

  BOOST_TEST(answer().aborted);
}

BOOST_AUTO_TEST_CASE(ends_once_however_often_it_is_moved) {
  ResponseStream first = stream();
  ResponseStream second = std::move(first);

  BOOST_TEST(second.finish() == PH_OK);

  BOOST_TEST(!answer().aborted);
  BOOST_TEST(host.stale_calls() == 0U);
}

BOOST_AUTO_TEST_CASE(lends_long_strings_and_copies_short_ones) {
  ResponseStream both = stream();

  both.write(std::string(10'000, 'x'));
  both.finish();

  BOOST_TEST(answer().lent);
  token = host.open();
  ResponseStream second = stream();
  second.write("short");
  second.finish();
  BOOST_TEST(!answer().lent);
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_client_has_caught_up) {
  ResponseStream waiting = stream();
  host.answer_next_write(PH_BACKPRESSURE);
  BOOST_TEST(waiting.write("first") == PH_BACKPRESSURE);
  const auto called = std::make_shared<int>(0);
  BOOST_TEST(waiting.on_writable([called] { ++*called; }) == PH_OK);
  BOOST_TEST(*called == 0);

  host.make_writable(token);

  BOOST_TEST(*called == 1);
  BOOST_TEST(called.use_count() == 1);
  waiting.finish();
}

BOOST_AUTO_TEST_CASE(throws_when_the_host_refuses_and_still_owes_the_answer) {
  host.refuse_next_respond(PH_E_INVALID);
  Request refused = request();

  BOOST_CHECK_EXCEPTION(refused.start(99), Error,
                        [](const Error& error) { return error.status() == PH_E_INVALID; });

  BOOST_TEST(refused.owed());
  refused.respond(plughost::sdk::Response(503));
  BOOST_TEST(answer().status == 503U);
}

BOOST_AUTO_TEST_CASE(gives_a_cancelled_stream_for_a_client_who_left) {
  host.cancel(token);

  ResponseStream cancelled = stream();

  BOOST_TEST(cancelled.request().is_cancelled());
  BOOST_TEST(cancelled.write("x") == PH_E_CANCELLED);
  BOOST_TEST(cancelled.finish() == PH_E_CANCELLED);
  BOOST_TEST(!cancelled.owed());
}

BOOST_AUTO_TEST_CASE(keeps_the_views_until_the_end) {
  source.path = "/here";
  ResponseStream open = stream();
  BOOST_TEST(open.request().path() == "/here");

  open.finish();

  BOOST_TEST(open.request().path().empty());
}

BOOST_AUTO_TEST_CASE(pulls_a_body_part_by_part) {
  Request pulling = request();
  BOOST_TEST(pulling.read_body().status == PH_PENDING);
  const auto called = std::make_shared<int>(0);
  pulling.on_body([called] { ++*called; });

  host.add_body(token, "abc");
  host.add_body(token, "");

  BOOST_TEST(*called == 1);
  BOOST_TEST(pulling.read_body(2).bytes == "ab");
  BOOST_TEST(pulling.read_body(2).bytes == "c");
  BOOST_TEST(pulling.read_body().ended());
  pulling.respond(plughost::sdk::Response());
}

BOOST_AUTO_TEST_CASE(answers_with_a_file_and_closes_it) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  std::fputs("0123456789", file.get());
  std::fflush(file.get());
  const int fd = ::dup(::fileno(file.get()));

  BOOST_TEST(request().respond_file(fd, 2, 3, plughost::sdk::Response(206)) == PH_OK);

  BOOST_TEST(answer().status == 206U);
  BOOST_TEST(answer().body == "234");
  BOOST_TEST(::fcntl(fd, F_GETFD) == -1);
}

BOOST_AUTO_TEST_CASE(writes_events_as_browsers_read_them) {
  BOOST_TEST(server_sent_event("hi") == "data: hi\n\n");
  BOOST_TEST(server_sent_event("two\nlines", "news", "7") ==
             "event: news\nid: 7\ndata: two\ndata: lines\n\n");
  BOOST_TEST(server_sent_event("a\r\nb\rc") == "data: a\ndata: b\ndata: c\n\n");
  BOOST_TEST(server_sent_event("", "ping\ndata: forged") == "event: ping\ndata: \n\n");
}

BOOST_AUTO_TEST_SUITE_END()
