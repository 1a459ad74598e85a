// A slow task delays nobody whom an idle worker could serve.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Started : PoolRun {
  Started() { pool().start(); }

  /// How long two quick requests took that were sent right behind one that sleeps 50 ms. The pool
  /// has seen many of the quick ones before.
  milliseconds median_behind_slow(const std::string& spec, const std::string& query) {
    std::vector<steady_clock::duration> took;
    for (int i = 0; i < 15; ++i) {
      for (int quick = 0; quick < 40; ++quick) call(spec, query);
      const ph_req slow = send("pool_handlers:nap", "ms=50");
      const auto start = steady_clock::now();
      const ph_req first = send(spec, query);
      const ph_req second = send(spec, query);
      BOOST_TEST(answer(first).status == 200u);
      BOOST_TEST(answer(second).status == 200u);
      took.push_back(steady_clock::now() - start);
      BOOST_TEST(answer(slow).status == 200u);
    }
    std::sort(took.begin(), took.end());
    return std::chrono::duration_cast<milliseconds>(took[took.size() / 2]);
  }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_slow_task, Started)

BOOST_AUTO_TEST_CASE(lets_nobody_wait_behind_a_task_that_became_slow) {
  // hold is quick at first, so that several of them travel in one submit.
  folder.create("open");
  const std::string quick = "started=" + folder.file("quick") + "&gate=" + folder.file("open");
  for (int i = 0; i < 20; ++i) call("pool_handlers:hold", quick);

  const ph_req slow =
      send("pool_handlers:hold", "started=" + folder.file("slow") + "&gate=" + folder.file("gate"));
  std::vector<ph_req> behind;
  for (int i = 0; i < 10; ++i) behind.push_back(send("pool_handlers:hold", quick));
  for (const ph_req token : behind) BOOST_TEST(answer(token).status == 200u);
  const bool slow_was_answered = host().answers().count(slow) > 0;
  folder.create("gate");

  BOOST_TEST(!slow_was_answered);
  BOOST_TEST(answer(slow).status == 200u);
}

BOOST_AUTO_TEST_CASE(delays_no_other_function) {
  const milliseconds took = median_behind_slow("pool_handlers:squares", "numbers=1");

  BOOST_TEST(took.count() < 40);
}

BOOST_AUTO_TEST_CASE(delays_no_call_of_the_same_function_either) {
  // The pool cannot know which call will be slow.
  const milliseconds took = median_behind_slow("pool_handlers:nap", "ms=0");

  BOOST_TEST(took.count() < 40);
}

BOOST_AUTO_TEST_SUITE_END()
