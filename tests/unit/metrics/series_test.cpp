#include "metrics/series.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace plughost::metrics;

namespace {

using Counts = std::vector<std::uint64_t>;

/// On the heap, as the registry has them: a sanitizer's stack is aligned for less.
std::unique_ptr<Series> make(Kind kind, std::vector<std::uint64_t> bounds = {}) {
  return std::make_unique<Series>(kind, std::move(bounds));
}

std::int64_t signed_value(const Series& series) {
  return static_cast<std::int64_t>(series.value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_series)

BOOST_AUTO_TEST_CASE(a_counter_only_grows) {
  const auto counter = make(Kind::counter);

  counter->add(2);
  counter->add(-1);
  counter->set(0);
  counter->observe(7);

  BOOST_TEST(counter->value() == 2u);
}

BOOST_AUTO_TEST_CASE(a_gauge_goes_both_ways_and_below_zero) {
  const auto gauge = make(Kind::gauge);

  gauge->set(3);
  gauge->add(-5);
  gauge->observe(100);

  BOOST_TEST(signed_value(*gauge) == -2);
}

BOOST_AUTO_TEST_CASE(a_bucket_holds_its_own_bound) {
  const auto histogram = make(Kind::histogram, {10, 20});

  for (const std::uint64_t value : {0, 10, 11, 20, 21, 1000}) histogram->observe(value);
  histogram->add(1);

  BOOST_TEST(histogram->buckets() == (Counts{2, 2, 2}), boost::test_tools::per_element());
  BOOST_TEST(histogram->value() == 1062u);
}

BOOST_AUTO_TEST_CASE(finds_the_bucket_of_every_value) {
  const std::vector<std::uint64_t> bounds{0, 1, 2, 3, 7, 8, 100, 1000, 1ull << 63, UINT64_MAX};
  for (const std::uint64_t bound : bounds) {
    for (const std::uint64_t value : {bound - 1, bound, bound + 1}) {
      const auto histogram = make(Kind::histogram, bounds);
      histogram->observe(value);

      const auto expected = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
      BOOST_TEST(histogram->buckets().at(static_cast<std::size_t>(expected)) == 1u, value);
    }
  }
}

BOOST_AUTO_TEST_CASE(loses_no_update_of_several_threads) {
  constexpr int kUpdates = 20'000;
  const auto counter = make(Kind::counter);
  const auto histogram = make(Kind::histogram, {1});

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kUpdates; ++n) {
        counter->add(1);
        histogram->observe(static_cast<std::uint64_t>(i));
      }
    });
  }
  for (auto& thread : threads) thread.join();

  BOOST_TEST(counter->value() == 4u * kUpdates);
  BOOST_TEST(histogram->buckets() == (Counts{2 * kUpdates, 2 * kUpdates}),
             boost::test_tools::per_element());
  BOOST_TEST(histogram->value() == 6u * kUpdates);
}

BOOST_AUTO_TEST_SUITE_END()
