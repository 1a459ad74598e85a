#include "runtime/job_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

using namespace plughost::python;

namespace {

Job job(ph_req token) { return {token, nullptr, nullptr}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_job_queue)

BOOST_AUTO_TEST_CASE(is_bounded_by_what_nobody_has_taken) {
  JobQueue queue(2);
  BOOST_TEST(queue.push(job(1)));
  BOOST_TEST(queue.push(job(2)));
  BOOST_TEST(!queue.push(job(3)));

  Job taken;
  queue.next()->take(taken);

  BOOST_TEST(queue.push(job(3)));
  BOOST_TEST(!queue.push(job(4)));
}

BOOST_AUTO_TEST_CASE(gives_jobs_in_order) {
  JobQueue queue(10);
  for (ph_req token = 1; token <= 3; ++token) queue.push(job(token));

  Batch* batch = queue.next();

  Job taken;
  for (ph_req token = 1; token <= 3; ++token) {
    BOOST_REQUIRE(batch->take(taken));
    BOOST_TEST(taken.token == token);
  }
  BOOST_TEST(!batch->take(taken));
  BOOST_TEST(queue.size() == 0);
}

BOOST_AUTO_TEST_CASE(has_no_batch_without_work) {
  JobQueue queue(10);

  BOOST_TEST(queue.next() == nullptr);
}

BOOST_AUTO_TEST_CASE(recycles_a_batch_only_when_its_last_user_is_done) {
  JobQueue queue(10);
  queue.push(job(1));
  Batch* first = queue.next();
  Job taken;
  first->take(taken);
  queue.push(job(2));
  Batch* second = queue.next();
  BOOST_TEST(second != first);

  second->take(taken);
  queue.give_back(first);
  queue.push(job(3));
  Batch* third = queue.next();

  BOOST_TEST(third == first);
  BOOST_TEST(third->take(taken));
  BOOST_TEST(taken.token == 3);
  BOOST_TEST(!second->take(taken));
}

BOOST_AUTO_TEST_CASE(takes_all_that_is_left) {
  JobQueue queue(10);
  queue.push(job(1));
  queue.push(job(2));
  Job taken;
  queue.next()->take(taken);
  queue.push(job(3));

  std::vector<Job> left;
  queue.take_all(left);

  BOOST_REQUIRE(left.size() == 2);
  BOOST_TEST(left[0].token == 2);
  BOOST_TEST(left[1].token == 3);
  BOOST_TEST(queue.size() == 0);
}

BOOST_AUTO_TEST_CASE(gives_each_job_to_one_of_several_takers) {
  constexpr ph_req kJobs = 10000;
  JobQueue queue(kJobs);
  for (ph_req token = 1; token <= kJobs; ++token) queue.push(job(token));
  Batch* batch = queue.next();

  std::vector<std::vector<ph_req>> taken(4);
  std::vector<std::thread> takers;
  for (auto& mine : taken) {
    takers.emplace_back([&mine, batch] {
      Job next;
      while (batch->take(next)) mine.push_back(next.token);
    });
  }
  for (std::thread& taker : takers) taker.join();

  std::multiset<ph_req> all;
  for (const auto& mine : taken) all.insert(mine.begin(), mine.end());
  BOOST_TEST(all.size() == kJobs);
  BOOST_TEST(std::set<ph_req>(all.begin(), all.end()).size() == kJobs);
}

BOOST_AUTO_TEST_SUITE_END()
