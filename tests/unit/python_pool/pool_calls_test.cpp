// Calls that Python code of this process makes in a worker.
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;
using plughost::python::pool::Admission;
using plughost::python::pool::Call;
using plughost::python::pool::CallDesk;

namespace {

/// What plughost._pool_calls.pack makes of `module.function(*args)`: a pickle, protocol 0, of
/// strings only.
std::string packed(const std::string& module, const std::string& function,
                   const std::vector<std::string>& args) {
  std::string pickle = "(c" + module + "\n" + function + "\n(";
  for (const std::string& arg : args) pickle += "V" + arg + "\n";
  return pickle + "t(dt.";
}

struct Started : PoolRun {
  Started() : PoolRun(1) {}
  explicit Started(const plughost::python::PoolSettings& settings) : PoolRun(settings) {}

  Admission call(std::uint64_t number, std::string bytes) {
    auto made = std::make_unique<Call>();
    made->number = number;
    made->function = "pool_handlers:hold";
    made->bytes = std::move(bytes);
    made->desk = &desk;
    return pool().call(made);
  }
  Admission hold(std::uint64_t number, const std::string& started) {
    return call(number,
                packed("pool_handlers", "hold", {folder.file(started), folder.file("gate")}));
  }
  /// The only call that has ended since the last time.
  std::unique_ptr<Call> next() {
    auto ended = desk.take();
    BOOST_TEST_REQUIRE(ended.size() == 1u);
    return std::move(ended.front());
  }
  bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  CallDesk desk;
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_calls, Started)

BOOST_AUTO_TEST_CASE(runs_in_a_worker_and_ends_at_the_desk) {
  pool().start();

  BOOST_TEST((call(7, packed("builtins", "len", {"abc"})) == Admission::kAccepted));

  const auto ended = next();
  BOOST_TEST(ended->number == 7u);
  BOOST_TEST(ended->status == Call::kReturned);
  BOOST_TEST(ended->bytes.front() == '\0');
  BOOST_TEST(host().answers().size() == 0u);
}

BOOST_AUTO_TEST_CASE(starts_workers_without_waiting_for_them) {
  pool().launch();
  BOOST_TEST(pool().health() == "");

  call(1, packed("builtins", "len", {"abc"}));

  BOOST_TEST(next()->status == Call::kReturned);
  BOOST_TEST(pool().health() == "");
}

BOOST_AUTO_TEST_CASE(what_is_raised_comes_back_too) {
  pool().start();

  call(1, packed("math", "sqrt", {"text"}));

  const auto ended = next();
  BOOST_TEST(ended->status == Call::kReturned);
  BOOST_TEST(contains(ended->bytes, "must be real number, not str"));
}

BOOST_AUTO_TEST_CASE(a_death_costs_the_call_that_ran) {
  pool().start();
  hold(1, "x");
  const pid_t worker = folder.wait_for_pid("x");
  hold(2, "y");

  ::kill(worker, SIGKILL);
  folder.create("gate");

  const auto lost = next();
  BOOST_TEST(lost->number == 1u);
  BOOST_TEST(lost->status == 502u);
  BOOST_TEST(contains(lost->bytes, "signal 9"), lost->bytes);
  BOOST_TEST(next()->status == Call::kReturned);
  BOOST_TEST(contains(host().log_text(), "pool_handlers:hold for pool.submit()"));
}

BOOST_AUTO_TEST_CASE(what_has_not_begun_can_be_withdrawn) {
  pool().start();
  hold(1, "x");
  folder.wait_for_pid("x");
  hold(2, "y");

  BOOST_TEST(pool().withdraw(2));
  BOOST_TEST(!pool().withdraw(2));
  BOOST_TEST(!pool().withdraw(1));

  folder.create("gate");
  BOOST_TEST(next()->number == 1u);
  BOOST_TEST(pool().drain(in_ms(30'000)));
  BOOST_TEST(!std::filesystem::exists(folder.file("y")));
}

BOOST_AUTO_TEST_CASE(drain_cancels_what_has_not_begun_and_waits_for_the_rest) {
  pool().start();
  hold(1, "x");
  folder.wait_for_pid("x");
  hold(2, "y");

  BOOST_TEST(!pool().drain(in_ms(50)));

  const auto cancelled = next();
  BOOST_TEST(cancelled->number == 2u);
  BOOST_TEST(cancelled->status == Call::kCancelled);
  folder.create("gate");
  BOOST_TEST(next()->status == Call::kReturned);
  BOOST_TEST(pool().drain(in_ms(30'000)));
  BOOST_TEST((call(3, "") == Admission::kClosed));
}

BOOST_AUTO_TEST_CASE(stop_ends_every_call) {
  pool().start();
  hold(1, "x");
  folder.wait_for_pid("x");
  hold(2, "y");

  pool().stop();

  auto ended = desk.take();
  BOOST_TEST_REQUIRE(ended.size() == 2u);
  if (ended[0]->number == 2) std::swap(ended[0], ended[1]);
  BOOST_TEST(ended[0]->status == 502u);
  BOOST_TEST(ended[1]->status == Call::kCancelled);
  desk.close();
  BOOST_TEST(desk.take().empty());
}

BOOST_AUTO_TEST_CASE(shares_the_queue_with_requests) {
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.queue = 2;
  Started run(settings);
  run.pool().start();
  run.hold(1, "x");
  run.folder.wait_for_pid("x");
  const ph_req request = run.send("pool_handlers:squares", "numbers=1");

  BOOST_TEST((run.hold(2, "y") == Admission::kFull));

  run.folder.create("gate");
  BOOST_TEST(run.answer(request).status == 200u);
}

BOOST_AUTO_TEST_CASE(a_call_past_the_limit_costs_its_worker) {
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.call_timeout = std::chrono::milliseconds(200);
  Started run(settings);
  run.pool().start();
  run.hold(1, "x");
  run.folder.wait_for_pid("x");
  run.hold(2, "y");

  const auto waited = run.next();
  BOOST_TEST(waited->number == 2u);
  BOOST_TEST(waited->status == 504u);
  const auto ran = run.next();
  BOOST_TEST(ran->number == 1u);
  BOOST_TEST(ran->status == 504u);
  BOOST_TEST(run.becomes_healthy());
  BOOST_TEST(!std::filesystem::exists(run.folder.file("y")));
}

BOOST_AUTO_TEST_SUITE_END()
