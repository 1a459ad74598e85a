// Tasks that do not come back by their deadline.
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

struct OneWorker : PoolRun {
  OneWorker() : PoolRun(1) { pool().start(); }

  ph_req hold(const std::string& name, std::uint64_t deadline_ns) {
    return send("pool_handlers:hold",
                "started=" + folder.file(name) + "&gate=" + folder.file("gate"), "", deadline_ns);
  }
  bool is_logged(const std::string& part) {
    return wait_until([&] { return host().log_text().find(part) != std::string::npos; });
  }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_overdue, OneWorker)

BOOST_AUTO_TEST_CASE(costs_the_worker_and_nothing_else) {
  const ph_req stuck = hold("stuck", in_ms(200));
  const pid_t pid = folder.wait_for_pid("stuck");
  const ph_req behind = send("pool_handlers:pid");

  const FakeAnswer answered = answer(behind);

  BOOST_TEST(answered.status == 200u);
  BOOST_TEST(answered.body.find(std::to_string(pid)) == std::string::npos);
  BOOST_TEST(answer(stuck).status == 504u);
  BOOST_TEST(answer(stuck).times == 1u);
  BOOST_TEST(is_logged(
      "pool worker " + std::to_string(pid) +
      " was ended: it had not returned from pool_handlers:hold for GET /test a second after"));
  BOOST_TEST(becomes_healthy());
}

BOOST_AUTO_TEST_CASE(does_not_hold_back_the_next_worker) {
  for (int i = 0; i < 4; ++i) hold("stuck" + std::to_string(i), in_ms(300));

  BOOST_TEST(call("pool_handlers:squares", "numbers=2").status == 200u);

  BOOST_TEST(host().log_text().find("the next one starts in") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(may_return_late_or_have_no_deadline) {
  const ph_req late = send("pool_handlers:nap", "ms=300", "", in_ms(200));
  BOOST_TEST(answer(late).status == 200u);
  const pid_t pid = pool_workers().at(0);

  BOOST_TEST(call("pool_handlers:nap", "ms=1500").status == 200u);

  BOOST_TEST(pool_workers().at(0) == pid);
}

BOOST_AUTO_TEST_SUITE_END()
