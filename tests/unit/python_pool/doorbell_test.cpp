#include "pool/doorbell.hpp"

#include <pthread.h>
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "unit/python_pool/processes.hpp"

using plughost::python::pool::Doorbell;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

void do_nothing(int) {}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_pool_doorbell)

BOOST_AUTO_TEST_CASE(remembers_a_ring_until_somebody_waits) {
  Doorbell bell;

  bell.ring();
  bell.ring();

  BOOST_TEST(bell.wait(Doorbell::kForever));
  BOOST_TEST(!bell.wait(milliseconds(1)));
}

BOOST_AUTO_TEST_CASE(ends_a_wait_at_its_limit) {
  Doorbell bell;
  const auto start = std::chrono::steady_clock::now();

  BOOST_TEST(!bell.wait(milliseconds(20)));

  BOOST_TEST((std::chrono::steady_clock::now() - start >= milliseconds(20)));
}

BOOST_AUTO_TEST_CASE(wakes_who_sleeps) {
  Doorbell bell;
  std::atomic<bool> woken{false};
  std::thread sleeper([&] { woken = bell.wait(Doorbell::kForever); });

  bell.ring();
  sleeper.join();

  BOOST_TEST(woken.load());
}

BOOST_AUTO_TEST_CASE(loses_no_ring) {
  constexpr unsigned kRounds = 50'000;
  Doorbell ping;
  Doorbell pong;
  std::thread other([&] {
    for (unsigned i = 0; i < kRounds && ping.wait(seconds(30)); ++i) pong.ring();
  });

  unsigned answered = 0;
  for (unsigned i = 0; i < kRounds; ++i) {
    ping.ring();
    if (!pong.wait(seconds(30))) break;
    ++answered;
  }
  other.join();

  BOOST_TEST(answered == kRounds);
}

BOOST_AUTO_TEST_CASE(returns_for_a_signal) {
  struct sigaction action{};  // without SA_RESTART, as Python installs its own
  action.sa_handler = &do_nothing;
  struct sigaction before{};
  ::sigaction(SIGUSR1, &action, &before);
  Doorbell bell;
  std::atomic<bool> returned{false};
  std::thread sleeper([&] {
    bell.wait(Doorbell::kForever);
    returned = true;
  });

  // It may come before the sleep, so once is not enough.
  const bool in_time = plughost::testing::wait_until([&] {
    ::pthread_kill(sleeper.native_handle(), SIGUSR1);
    return returned.load();
  });
  bell.ring();
  sleeper.join();
  ::sigaction(SIGUSR1, &before, nullptr);

  BOOST_TEST(in_time);
}

BOOST_AUTO_TEST_SUITE_END()
