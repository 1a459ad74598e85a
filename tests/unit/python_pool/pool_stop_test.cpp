// Drain and stop.
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

struct Started : PoolRun {
  Started() : PoolRun(1) { pool().start(); }
  ph_req hold() {
    const ph_req token =
        send("pool_handlers:hold", "started=" + folder.file("x") + "&gate=" + folder.file("gate"));
    folder.wait_for_pid("x");
    return token;
  }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_stop, Started)

BOOST_AUTO_TEST_CASE(drain_waits_for_all) {
  constexpr unsigned kRequests = 300;
  for (unsigned i = 0; i < kRequests; ++i) send("pool_handlers:squares", "numbers=1");

  BOOST_TEST(pool().drain(in_ms(30'000)));

  const auto answers = host().answers();
  BOOST_TEST(answers.size() == kRequests);
  for (const auto& [token, answer] : answers) BOOST_TEST(answer.status == 200u);
}

BOOST_AUTO_TEST_CASE(drain_refuses_what_has_not_begun_at_its_deadline) {
  const std::string log = folder.file("log");
  const ph_req running = hold();
  const ph_req waiting = send("pool_handlers:append", "log=" + log + "&line=1");

  BOOST_TEST(!pool().drain(in_ms(50)));

  BOOST_TEST(answer(waiting).status == 503u);
  BOOST_TEST(host().answers().count(running) == 0u);
  folder.create("gate");
  BOOST_TEST(answer(running).status == 200u);
  BOOST_TEST(pool().drain(in_ms(30'000)));
  BOOST_TEST(!std::filesystem::exists(log));
}

BOOST_AUTO_TEST_CASE(drain_at_once_with_deadline_0) {
  hold();
  const ph_req waiting = send("pool_handlers:squares", "numbers=1");

  BOOST_TEST(!pool().drain(0));

  BOOST_TEST(answer(waiting).status == 503u);
}

BOOST_AUTO_TEST_CASE(stop_ends_every_worker) {
  call("pool_handlers:squares", "numbers=1");

  pool().stop();

  BOOST_TEST(wait_until([] { return pool_workers().empty(); }));
}

BOOST_AUTO_TEST_CASE(stop_answers_what_still_runs) {
  const ph_req running = hold();
  pool().drain(0);

  pool().stop();

  BOOST_TEST(host().answers().at(running).times == 1u);
  BOOST_TEST(host().answers().at(running).status == 502u);
  BOOST_TEST(wait_until([] { return pool_workers().empty(); }));
}

BOOST_AUTO_TEST_CASE(takes_nothing_after_stop) {
  pool().stop();

  BOOST_TEST(send("pool_handlers:squares", "numbers=1") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
