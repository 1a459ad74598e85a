#include "plugin/control_thread.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <set>

using namespace plughost::plugin;
using namespace std::chrono_literals;

namespace {

Clock::time_point within(std::chrono::milliseconds limit) { return Clock::now() + limit; }

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_control_thread)

BOOST_AUTO_TEST_CASE(runs_every_call_on_the_same_thread) {
  ControlThread control("x");
  std::set<std::thread::id> threads;

  for (int i = 0; i < 100; ++i) {
    BOOST_TEST(control.run([&] { threads.insert(std::this_thread::get_id()); }, within(10s)));
  }

  BOOST_TEST(threads.size() == 1u);
  BOOST_TEST(!threads.contains(std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(reports_an_overrun_without_waiting_for_it) {
  ControlThread control("x");
  std::promise<void> gate;

  const bool in_time = control.run([&] { gate.get_future().wait(); }, within(10ms));

  BOOST_TEST(!in_time);
  BOOST_TEST(!control.is_idle());
  gate.set_value();
  BOOST_TEST(control.wait_idle(within(10s)));
}

BOOST_AUTO_TEST_CASE(calls_of_two_plugins_run_at_once) {
  ControlThread one("one");
  ControlThread two("two");
  std::promise<void> one_runs;
  std::promise<void> two_runs;

  one.post([&] { one_runs.set_value(), two_runs.get_future().wait(); });
  two.post([&] { two_runs.set_value(), one_runs.get_future().wait(); });

  BOOST_TEST(one.wait_idle(within(10s)));
  BOOST_TEST(two.wait_idle(within(10s)));
}

BOOST_AUTO_TEST_SUITE_END()
