#include "plugin/signal_guard.hpp"

#include <boost/test/unit_test.hpp>

using plughost::plugin::SignalGuard;

namespace {

void on_signal(int) {}

struct sigaction action_of(int number) {
  struct sigaction action{};
  sigaction(number, nullptr, &action);
  return action;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_signal_guard)

BOOST_AUTO_TEST_CASE(finds_nothing_when_nothing_changed) {
  const SignalGuard guard;

  BOOST_TEST(guard.restore() == "");
}

BOOST_AUTO_TEST_CASE(names_and_puts_back_what_changed) {
  const auto before = action_of(SIGTERM);
  const SignalGuard guard;
  std::signal(SIGTERM, on_signal);
  std::signal(SIGUSR1, on_signal);

  BOOST_TEST(guard.restore() == "SIGTERM, SIGUSR1");
  BOOST_TEST((action_of(SIGTERM).sa_handler == before.sa_handler));
}

BOOST_AUTO_TEST_CASE(lets_a_runtime_have_its_own_signals) {
  const auto before = action_of(SIGURG);
  const SignalGuard guard;
  std::signal(SIGURG, on_signal);

  BOOST_TEST(guard.restore() == "");
  sigaction(SIGURG, &before, nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
