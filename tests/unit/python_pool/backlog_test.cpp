#include "pool/backlog.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::python;
using namespace plughost::python::pool;

namespace {

constexpr std::uint64_t kMicro = 1000;

struct Fixture {
  /// A function whose calls take that long on average; 0: never called.
  PoolTarget& target(std::uint64_t average_ns) {
    PoolTarget& made = targets.emplace_back();
    made.average_ns = average_ns;
    return made;
  }
  void push(PoolTarget& to, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) backlog.push({{++last, nullptr, nullptr}, &to});
  }
  std::deque<PoolTarget> targets;
  Backlog backlog;
  ph_req last = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_backlog, Fixture)

BOOST_AUTO_TEST_CASE(sends_a_function_never_called_alone) {
  push(target(0), 3);

  BOOST_TEST(backlog.take(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_slow_tasks_alone) {
  push(target(5000 * kMicro), 3);

  BOOST_TEST(backlog.take(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(fills_a_batch_to_two_milliseconds) {
  push(target(100 * kMicro), 50);

  BOOST_TEST(backlog.take(1).size() == 20u);
}

BOOST_AUTO_TEST_CASE(limits_the_tasks_of_a_batch) {
  push(target(1), 1000);

  BOOST_TEST(backlog.take(1).size() == Backlog::kMaxTasks);
}

BOOST_AUTO_TEST_CASE(shares_work_among_idle_workers) {
  push(target(500 * kMicro), 4);

  BOOST_TEST(backlog.take(4).size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_split_what_is_not_worth_a_batch) {
  push(target(1 * kMicro), 32);

  BOOST_TEST(backlog.take(4).size() == 32u);
}

BOOST_AUTO_TEST_CASE(puts_nothing_slow_behind_quick_tasks) {
  push(target(10 * kMicro), 2);
  push(target(5000 * kMicro), 1);

  BOOST_TEST(backlog.take(1).size() == 2u);
  BOOST_TEST(backlog.take(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_tasks_put_back) {
  push(target(10 * kMicro), 3);
  const Batch first = backlog.take(1);
  push(targets.front(), 1);

  backlog.push_front(first.data() + 1, 2);

  const Batch again = backlog.take(1);
  BOOST_TEST_REQUIRE(again.size() == 3u);
  BOOST_TEST(again[0].job.token == 2u);
  BOOST_TEST(again[2].job.token == 4u);
}

BOOST_AUTO_TEST_CASE(removes_what_a_predicate_names) {
  push(target(1), 3);

  const Batch taken = backlog.take_if([](const Task& task) { return task.job.token == 2; });

  BOOST_TEST(taken.size() == 1u);
  BOOST_TEST(backlog.size() == 2u);
}

BOOST_AUTO_TEST_CASE(knows_a_function_by_name_and_parameters) {
  TargetTable table;
  RouteTarget route{"m:f", {"id"}, nullptr, nullptr};
  const RouteTarget twin{"m:f", {"id"}, nullptr, nullptr};

  PoolTarget& first = table.find_or_add(route);
  BOOST_TEST(&table.find_or_add(twin) == &first);
  route.params.clear();  // the address of a route that was freed names another one now

  BOOST_TEST(&table.find_or_add(route) != &first);
  BOOST_TEST(table.since(1).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
