#include "pool/session.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <thread>

using plughost::python::pool::Session;

namespace {

/// Both ends, each with a mapping of its own.
struct Ends {
  Session parent;
  Session worker{::dup(parent.fd())};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_session, Ends)

BOOST_AUTO_TEST_CASE(gives_batches_in_the_order_of_their_posts) {
  BOOST_TEST(!worker.next().has_value());

  parent.post();
  parent.post();

  BOOST_TEST(worker.next().value() == 0u);
  worker.finish();
  BOOST_TEST(worker.next().value() == 1u);
  worker.finish();
  BOOST_TEST(!worker.next().has_value());
}

BOOST_AUTO_TEST_CASE(says_how_far_the_worker_is) {
  parent.post();
  parent.post();
  BOOST_TEST(!parent.has_taken(0));

  worker.next();

  BOOST_TEST(parent.has_taken(0));
  BOOST_TEST(!parent.has_taken(1));
  BOOST_TEST(parent.finished() == 0u);
  worker.finish();
  BOOST_TEST(parent.finished() == 1u);
}

BOOST_AUTO_TEST_CASE(ends_the_wait_when_closed) {
  std::thread sleeper([this] {
    while (!worker.is_closed()) worker.wait();
  });

  parent.close();
  sleeper.join();

  BOOST_TEST(parent.is_closed());
}

BOOST_AUTO_TEST_CASE(loses_no_batch) {
  constexpr std::uint32_t kBatches = 50'000;
  std::atomic<bool> in_order{true};
  std::thread other([&] {
    for (std::uint32_t expected = 0; !worker.is_closed();) {
      const auto number = worker.next();
      if (!number) {
        worker.wait();
        continue;
      }
      if (*number != expected++) in_order = false;
      worker.finish();
    }
  });

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool in_time = true;
  for (std::uint32_t posted = 0; in_time && parent.finished() != kBatches;) {
    if (posted != kBatches && posted - parent.finished() < Session::kBoxes) {
      parent.post();
      ++posted;
    } else {
      std::this_thread::yield();
    }
    in_time = std::chrono::steady_clock::now() < deadline;
  }
  parent.close();
  other.join();

  BOOST_TEST(in_time);
  BOOST_TEST(in_order.load());
}

BOOST_AUTO_TEST_SUITE_END()
