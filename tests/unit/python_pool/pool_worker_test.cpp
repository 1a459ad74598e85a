// A worker between requests, and one whose own code fails.
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

struct Started : PoolRun {
  Started() : PoolRun(1) { pool().start(); }
  bool appears(const std::string& name) {
    return wait_until([&] { return std::filesystem::exists(folder.file(name)); });
  }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_worker, Started)

BOOST_AUTO_TEST_CASE(runs_signal_handlers_while_it_is_idle) {
  call("pool_handlers:on_signal", "mark=" + folder.file("mark"));

  ::kill(pool_workers().at(0), SIGUSR1);

  BOOST_TEST(appears("mark"));
  BOOST_TEST(call("pool_handlers:squares", "numbers=2").status == 200u);
}

BOOST_AUTO_TEST_CASE(lets_threads_run_while_it_is_idle) {
  call("pool_handlers:in_thread", "gate=" + folder.file("gate") + "&mark=" + folder.file("mark"));

  folder.create("gate");

  BOOST_TEST(appears("mark"));
}

BOOST_AUTO_TEST_CASE(is_replaced_when_a_signal_handler_raises) {
  call("pool_handlers:raise_on_signal");
  const pid_t before = pool_workers().at(0);

  ::kill(before, SIGUSR1);

  BOOST_TEST(wait_until([&] {
    const std::vector<pid_t> now = pool_workers();
    return !now.empty() && now[0] != before;
  }));
  BOOST_TEST(call("pool_handlers:squares", "numbers=2").status == 200u);
  const std::string log = host().log_text();
  BOOST_TEST(log.find("RuntimeError: met by a signal") != std::string::npos, log);
}

BOOST_AUTO_TEST_CASE(is_replaced_when_a_reply_cannot_be_left) {
  const FakeAnswer lost = call("pool_handlers:unwritable");

  BOOST_TEST(lost.status == 502u);
  BOOST_TEST(lost.times == 1u);
  BOOST_TEST(call("pool_handlers:squares", "numbers=2").status == 200u);
  const std::string log = host().log_text();
  BOOST_TEST(log.find("writing a reply") != std::string::npos, log);
}

BOOST_AUTO_TEST_SUITE_END()
