#include "dispatch/response_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "dispatch/request_pool.hpp"
#include "http/content_encoder.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

using namespace plughost::dispatch;
using plughost::http::Framing;
using plughost::http::kUnknownLength;
using plughost::test::FakeMailbox;
using End = ResponseStream::End;

namespace {

constexpr std::size_t kKiB = 1024;

struct Fixture {
  Outcome write(std::string_view bytes) { return stream->write(bytes, {}); }
  Outcome lend(std::string_view bytes) { return stream->write(bytes, {&count_up, &released}); }
  Notification notification() {
    return {[](void* ctx, Token) noexcept { ++static_cast<Fixture*>(ctx)->fired; },
            {[](void* ctx) noexcept { ++static_cast<Fixture*>(ctx)->let_go; }, this}};
  }
  /// What an I/O thread would send.
  std::string taken() {
    std::vector<Piece> pieces;
    end = stream->take(pieces);
    std::string all;
    for (auto& piece : pieces) {
      all += piece.bytes();
      piece.release.run();
    }
    return all;
  }
  void use(Framing framing, std::uint64_t length = kUnknownLength) {
    stream = std::make_unique<ResponseStream>(request, framing, length);
  }

  static void count_up(void* counter) noexcept { ++*static_cast<int*>(counter); }

  FakeMailbox mailbox;
  RequestPool pool{0, mailbox};
  Request& request = *pool.acquire();
  std::unique_ptr<ResponseStream> stream =
      std::make_unique<ResponseStream>(request, Framing::chunked, kUnknownLength);
  End end = End::open;
  int released = 0;
  int fired = 0;
  int let_go = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_response_stream, Fixture)

BOOST_AUTO_TEST_CASE(keeps_what_was_written_in_order) {
  const std::string large(5000, 'l');

  BOOST_TEST(write("one ") == Outcome::ok);
  BOOST_TEST(lend(large) == Outcome::ok);
  BOOST_TEST(write(" two") == Outcome::ok);

  BOOST_TEST(released == 0);
  BOOST_TEST(taken() == "one " + large + " two");
  BOOST_TEST(released == 1);
  BOOST_TEST((end == End::open));
}

BOOST_AUTO_TEST_CASE(copies_small_pieces_together_and_gives_them_back_at_once) {
  for (int i = 0; i < 100; ++i) lend("small ");

  BOOST_TEST(released == 100);
  std::vector<Piece> pieces;
  stream->take(pieces);
  BOOST_TEST(pieces.size() == 1u);
  BOOST_TEST(pieces.front().bytes().size() == 600u);
}

BOOST_AUTO_TEST_CASE(is_in_the_mailbox_once_for_many_writes) {
  for (int i = 0; i < 100; ++i) write("x");
  BOOST_TEST(mailbox.posted().size() == 1u);

  request.take_news();
  write("x");

  BOOST_TEST(mailbox.posted().size() == 2u);
}

BOOST_AUTO_TEST_CASE(takes_no_empty_piece_which_would_end_a_chunked_body) {
  BOOST_TEST(lend("") == Outcome::ok);

  BOOST_TEST(released == 1);
  std::vector<Piece> pieces;
  stream->take(pieces);
  BOOST_TEST(pieces.empty());
}

BOOST_AUTO_TEST_CASE(says_when_the_client_is_behind_and_refuses_one_who_does_not_wait) {
  const std::string block(64 * kKiB, 'x');

  for (int i = 0; i < 4; ++i) BOOST_TEST(lend(block) == Outcome::ok);
  for (int i = 4; i < 64; ++i) BOOST_TEST(lend(block) == Outcome::backpressure);
  BOOST_TEST(lend(block) == Outcome::busy);

  BOOST_TEST(released == 1);
  taken();
  stream->sent(60 * block.size());
  BOOST_TEST(lend(block) == Outcome::backpressure);
}

BOOST_AUTO_TEST_CASE(takes_a_piece_of_any_size_from_one_who_waits) {
  const std::string huge(16 * kKiB * kKiB, 'x');

  BOOST_TEST(lend(huge) == Outcome::backpressure);
  BOOST_TEST(lend("x") == Outcome::busy);
}

BOOST_AUTO_TEST_CASE(tells_once_when_there_is_room_again) {
  write(std::string(300 * kKiB, 'x'));
  BOOST_TEST(stream->on_writable(notification()) == Outcome::ok);
  taken();

  stream->sent(200 * kKiB);
  BOOST_TEST(fired == 0);
  stream->sent(50 * kKiB);
  stream->sent(50 * kKiB);

  BOOST_TEST(fired == 1);
  BOOST_TEST(let_go == 1);
}

BOOST_AUTO_TEST_CASE(never_tells_from_inside_the_call_that_asks) {
  BOOST_TEST(stream->on_writable(notification()) == Outcome::ok);
  BOOST_TEST(fired == 0);
  BOOST_TEST(mailbox.posted().size() == 1u);

  stream->notify_if_writable();

  BOOST_TEST(fired == 1);
}

BOOST_AUTO_TEST_CASE(takes_one_notification_at_a_time) {
  stream->on_writable(notification());

  BOOST_TEST(stream->on_writable(notification()) == Outcome::state);

  BOOST_TEST(let_go == 1);
}

BOOST_AUTO_TEST_CASE(keeps_to_a_declared_length) {
  use(Framing::content_length, 10);

  BOOST_TEST(write("1234567") == Outcome::ok);
  BOOST_TEST(lend("8901") == Outcome::invalid);
  BOOST_TEST(released == 1);
  BOOST_TEST(write("890") == Outcome::ok);
  BOOST_TEST(stream->finish("") == 0u);

  BOOST_TEST(taken() == "1234567890");
  BOOST_TEST((end == End::finished));
}

BOOST_AUTO_TEST_CASE(truncates_what_is_shorter_than_declared) {
  use(Framing::content_length, 10);
  write("123");

  BOOST_TEST(stream->finish("") == 7u);

  BOOST_TEST(taken() == "123");
  BOOST_TEST((end == End::truncated));
}

BOOST_AUTO_TEST_CASE(drops_bytes_where_no_body_belongs) {
  use(Framing::none, 10);

  BOOST_TEST(lend(std::string(5000, 'x')) == Outcome::ok);
  BOOST_TEST(released == 1);
  BOOST_TEST(stream->finish("") == 0u);

  BOOST_TEST(taken().empty());
  BOOST_TEST((end == End::finished));
}

BOOST_AUTO_TEST_CASE(lets_a_notification_go_at_the_end) {
  stream->on_writable(notification());

  stream->finish("");

  BOOST_TEST(fired == 0);
  BOOST_TEST(let_go == 1);
  BOOST_TEST(write("late") == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(gives_everything_back_when_the_client_is_gone) {
  const std::string large(300 * kKiB, 'x');
  lend(large);
  stream->on_writable(notification());

  stream->drop();

  BOOST_TEST(released == 1);
  BOOST_TEST(fired == 1);  // so that a plugin that waits for it hears of it
  BOOST_TEST(let_go == 1);
  BOOST_TEST(lend(large) == Outcome::cancelled);
  BOOST_TEST(stream->on_writable(notification()) == Outcome::cancelled);
  BOOST_TEST(released == 2);
  BOOST_TEST(let_go == 2);
}

BOOST_AUTO_TEST_SUITE_END()
