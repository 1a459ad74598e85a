#include "net/timer_wheel.hpp"

#include <boost/test/unit_test.hpp>

using plughost::net::Clock;
using plughost::net::TimerWheel;

namespace {

std::vector<int> due_at(TimerWheel& wheel, Clock::time_point now) {
  std::vector<TimerWheel::Entry> due;
  wheel.take_due(now, due);
  std::vector<int> fds;
  for (const auto& entry : due) fds.push_back(entry.fd);
  return fds;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_timer_wheel)

BOOST_AUTO_TEST_CASE(fires_no_entry_early_and_none_more_than_a_tick_late) {
  TimerWheel wheel;
  const auto start = Clock::now();
  const auto when = start + std::chrono::milliseconds(333);
  wheel.add({TimerWheel::tick_of(when), 5, 1});

  BOOST_TEST(due_at(wheel, when - TimerWheel::kTick).empty());
  BOOST_TEST(due_at(wheel, when + TimerWheel::kTick) == std::vector<int>{5},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_entries_beyond_one_turn_of_the_wheel) {
  TimerWheel wheel;
  const auto start = Clock::now();
  const auto when = start + std::chrono::hours(1);
  wheel.add({TimerWheel::tick_of(when), 5, 1});

  BOOST_TEST(due_at(wheel, start + std::chrono::minutes(59)).empty());
  BOOST_TEST(due_at(wheel, when + TimerWheel::kTick).size() == 1u);
}

BOOST_AUTO_TEST_CASE(fires_an_entry_of_the_past_at_the_next_tick) {
  TimerWheel wheel;
  const auto start = Clock::now();
  wheel.add({TimerWheel::tick_of(start - std::chrono::seconds(1)), 5, 1});

  BOOST_TEST(due_at(wheel, start + 2 * TimerWheel::kTick).size() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_when_to_look_again) {
  TimerWheel wheel;
  BOOST_TEST(!wheel.next_tick().has_value());
  const auto tick = TimerWheel::tick_of(Clock::now() + std::chrono::seconds(5));
  wheel.add({tick, 5, 1});

  BOOST_REQUIRE(wheel.next_tick().has_value());
  BOOST_TEST(*wheel.next_tick() == tick);
}

BOOST_AUTO_TEST_SUITE_END()
