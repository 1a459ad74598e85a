#include "dispatch/body_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dispatch/request_pool.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

using namespace plughost::dispatch;
using plughost::test::FakeMailbox;

namespace {

struct Fixture {
  void add(std::string bytes, bool is_last = false) { stream.add(bytes, is_last); }
  Outcome read(std::size_t max = 1000) { return stream.read(max, part); }
  Notification notification() {
    return {[](void* ctx, Token) noexcept { ++static_cast<Fixture*>(ctx)->fired; },
            {[](void* ctx) noexcept { ++static_cast<Fixture*>(ctx)->let_go; }, this}};
  }

  FakeMailbox mailbox;
  RequestPool pool{0, mailbox};
  Request& request = *pool.acquire();
  BodyStream stream{request};
  std::string_view part;
  int fired = 0;
  int let_go = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_body_stream, Fixture)

BOOST_AUTO_TEST_CASE(gives_what_has_arrived_in_parts_of_the_size_asked_for) {
  add("abcdef");
  add("gh", true);

  std::string all;
  while (read(3) == Outcome::ok && !part.empty()) {
    BOOST_TEST(part.size() <= 3u);
    all += part;
  }

  BOOST_TEST(all == "abcdefgh");
  BOOST_TEST(read() == Outcome::ok);
  BOOST_TEST(part.empty());
}

BOOST_AUTO_TEST_CASE(gives_a_whole_body_without_its_io_thread) {
  request.message.body = "abc";
  BodyStream whole(request, BodyStream::Whole{});

  BOOST_TEST(whole.was_whole());
  BOOST_TEST(whole.read(2, part) == Outcome::ok);
  BOOST_TEST(part == "ab");
  BOOST_TEST(whole.read(2, part) == Outcome::ok);
  BOOST_TEST(part == "c");
  BOOST_TEST(whole.read(2, part) == Outcome::ok);
  BOOST_TEST(part == "");
  BOOST_TEST(mailbox.posted().empty());
}

BOOST_AUTO_TEST_CASE(keeps_a_view_while_more_arrives) {
  add("first");
  read(2);
  const auto view = part;

  add(std::string(100'000, 'x'));

  BOOST_TEST(view == "fi");
  BOOST_TEST(read() == Outcome::ok);
  BOOST_TEST(part == "rst");
}

BOOST_AUTO_TEST_CASE(says_that_it_is_wanted_with_the_first_question) {
  BOOST_TEST(!stream.is_wanted());

  BOOST_TEST(read() == Outcome::pending);

  BOOST_TEST(stream.is_wanted());
  BOOST_TEST(mailbox.posted().size() == 1u);
  request.take_news();
  read();
  BOOST_TEST(mailbox.posted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_no_room_until_the_plugin_takes_what_is_there) {
  add(std::string(BodyStream::kRoom - 1, 'x'));
  BOOST_TEST(stream.has_room());
  add("x");
  BOOST_TEST(!stream.has_room());

  read(10);

  BOOST_TEST(stream.has_room());
  BOOST_TEST(mailbox.posted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_a_plugin_that_waits) {
  read();
  BOOST_TEST(stream.on_readable(notification()) == Outcome::ok);
  BOOST_TEST(stream.on_readable(notification()) == Outcome::state);
  BOOST_TEST(let_go == 1);

  add("a");
  add("b");

  BOOST_TEST(fired == 1);
  BOOST_TEST(let_go == 2);
}

BOOST_AUTO_TEST_CASE(tells_at_once_but_not_inside_the_call_when_there_is_something) {
  add("", true);
  BOOST_TEST(stream.on_readable(notification()) == Outcome::ok);
  BOOST_TEST(fired == 0);
  BOOST_TEST(mailbox.posted().size() == 1u);

  stream.notify_if_readable();

  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(fails_reads_and_tells_when_the_rest_will_not_come) {
  add("half");
  read();
  stream.on_readable(notification());

  stream.cancel();

  BOOST_TEST(fired == 1);
  BOOST_TEST(read() == Outcome::cancelled);
  BOOST_TEST(stream.on_readable(notification()) == Outcome::cancelled);
  BOOST_TEST(let_go == 2);
}

BOOST_AUTO_TEST_CASE(lets_a_notification_go_after_the_answer) {
  stream.on_readable(notification());

  stream.close();
  add("more");

  BOOST_TEST(fired == 0);
  BOOST_TEST(let_go == 1);
  BOOST_TEST(read() == Outcome::stale);
}

BOOST_AUTO_TEST_SUITE_END()
