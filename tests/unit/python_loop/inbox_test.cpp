#include "loop/inbox.hpp"

#include <poll.h>

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

using namespace plughost::python;
using namespace plughost::python::loop;
using std::chrono::steady_clock;

namespace {

Job job(ph_req token) { return {token, nullptr, nullptr}; }

bool is_readable(const Inbox& inbox) {
  pollfd poll{inbox.descriptor(), POLLIN, 0};
  return ::poll(&poll, 1, 0) == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_loop_inbox)

BOOST_AUTO_TEST_CASE(is_readable_while_there_are_news) {
  Inbox inbox(10);
  std::vector<News> news;
  BOOST_TEST(!is_readable(inbox));

  inbox.submit(job(1));
  inbox.post(News::Kind::cancelled, 1);
  BOOST_TEST(is_readable(inbox));
  BOOST_TEST(inbox.waiting_since_ns() > 0);
  inbox.take(news);

  BOOST_REQUIRE(news.size() == 2);
  BOOST_TEST((news[0].kind == News::Kind::request));
  BOOST_TEST((news[1].kind == News::Kind::cancelled));
  BOOST_TEST(news[1].job.token == 1);
  BOOST_TEST(!is_readable(inbox));
  BOOST_TEST(inbox.waiting_since_ns() == 0);
}

BOOST_AUTO_TEST_CASE(counts_requests_until_they_end) {
  Inbox inbox(2);
  std::vector<News> news;
  BOOST_TEST(inbox.submit(job(1)));
  BOOST_TEST(inbox.submit(job(2)));
  inbox.take(news);
  BOOST_TEST(!inbox.submit(job(3)));

  inbox.end();

  BOOST_TEST(inbox.submit(job(3)));
  BOOST_TEST(inbox.size() == 2);
}

BOOST_AUTO_TEST_CASE(takes_no_request_once_it_is_closed) {
  Inbox inbox(10);
  inbox.submit(job(1));

  inbox.close();

  BOOST_TEST(!inbox.submit(job(2)));
  BOOST_TEST(!inbox.wait_until_empty(steady_clock::now()));
  std::thread other([&] { inbox.end(); });
  BOOST_TEST(inbox.wait_until_empty(steady_clock::now() + std::chrono::seconds(30)));
  other.join();
}

BOOST_AUTO_TEST_CASE(loses_nothing_between_threads) {
  constexpr ph_req kEach = 20'000;
  Inbox inbox(1'000'000);
  std::vector<std::thread> senders;
  for (ph_req first : {ph_req{0}, kEach, 2 * kEach}) {
    senders.emplace_back([&inbox, first] {
      for (ph_req i = 1; i <= kEach; ++i) inbox.submit(job(first + i));
    });
  }

  std::set<ph_req> seen;
  std::vector<News> news;
  pollfd poll{inbox.descriptor(), POLLIN, 0};
  while (seen.size() < 3 * kEach) {
    BOOST_REQUIRE(::poll(&poll, 1, 30'000) == 1);
    inbox.take(news);
    for (const News& each : news) BOOST_REQUIRE(seen.insert(each.job.token).second);
  }

  for (std::thread& sender : senders) sender.join();
  BOOST_TEST(inbox.size() == 3 * kEach);
}

BOOST_AUTO_TEST_CASE(outlives_its_owner_in_a_notification) {
  auto inbox = std::make_shared<Inbox>(10);
  const std::weak_ptr<Inbox> watched = inbox;
  const ph_notify notify = notify_inbox(inbox, News::Kind::cancelled);

  inbox.reset();
  notify.fn(notify.ctx, 7);
  BOOST_TEST(!watched.expired());
  notify.release(notify.ctx);

  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_SUITE_END()
