#include "runtime/crew.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <thread>

using namespace plughost::python;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

Job job(ph_req token) { return {token, nullptr, nullptr}; }

/// A member that has parked itself on a thread of its own and tells when it gets its turn.
std::future<bool> park(Crew& crew, std::size_t index) {
  return std::async(std::launch::async,
                    [&crew, index] { return crew.wait_for_turn(crew.members()[index]); });
}

bool happens(const std::future<bool>& turn) {
  return turn.wait_for(20s) == std::future_status::ready;
}

bool is_waiting(const std::future<bool>& turn) {
  return turn.wait_for(20ms) == std::future_status::timeout;
}

struct Watched {
  explicit Watched(
      Crew& watched, bool waits = true,
      std::function<Crew::TimePoint()> overdue = [] { return Crew::TimePoint::max(); })
      : crew(watched), thread([this, waits, overdue = std::move(overdue)] {
          crew.watch([waits](std::size_t) { return waits; }, overdue);
        }) {}
  ~Watched() {
    crew.dismiss(steady_clock::now());
    thread.join();
  }
  Crew& crew;
  std::thread thread;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_crew)

BOOST_AUTO_TEST_CASE(wakes_one_member_for_work) {
  Crew crew(2, 10);
  std::future<bool> first = park(crew, 0);

  crew.submit(job(1));

  BOOST_TEST(happens(first));
  BOOST_TEST(first.get());
}

BOOST_AUTO_TEST_CASE(wakes_nobody_while_a_member_is_active) {
  Crew crew(2, 10);
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(crew.members()[0]));
  std::future<bool> second = park(crew, 1);

  crew.submit(job(2));

  BOOST_TEST(is_waiting(second));
  crew.dismiss(steady_clock::now());
  BOOST_TEST(!second.get());
}

BOOST_AUTO_TEST_CASE(wakes_another_when_a_member_steps_aside) {
  Crew crew(2, 10);
  crew.submit(job(1));
  crew.submit(job(2));
  BOOST_TEST(crew.wait_for_turn(crew.members()[0]));
  std::future<bool> second = park(crew, 1);

  crew.step_aside(crew.members()[0]);

  BOOST_TEST(happens(second));
  BOOST_TEST(!crew.step_back(crew.members()[0]));
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_long_call_if_nobody_else_does) {
  Crew crew(2, 10);
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(crew.members()[0]));

  crew.step_aside(crew.members()[0]);

  BOOST_TEST(crew.step_back(crew.members()[0]));
}

BOOST_AUTO_TEST_CASE(brings_in_another_when_a_call_does_not_move) {
  Crew crew(2, 10);
  Member& slow = crew.members()[0];
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(slow));
  Batch* batch = crew.next(nullptr);
  Job taken;
  batch->take(taken);
  slow.turn.store(1);
  crew.submit(job(2));
  std::future<bool> second = park(crew, 1);

  const Watched watched(crew);

  BOOST_TEST(happens(second));
  BOOST_TEST(slow.aside.load());
  BOOST_TEST(slow.waited.load());
}

BOOST_AUTO_TEST_CASE(asks_for_calls_past_their_deadline_while_nobody_is_active) {
  Crew crew(1, 10);
  std::promise<bool> asked_three_times;
  std::future<bool> asked = asked_three_times.get_future();
  int times = 0;

  const Watched watched(crew, true, [&] {
    if (++times == 3) asked_three_times.set_value(true);
    return steady_clock::now() + std::chrono::milliseconds(20);
  });

  BOOST_TEST(happens(asked));
}

BOOST_AUTO_TEST_CASE(brings_in_a_substitute_for_a_stuck_member) {
  Crew crew(1, 10);
  Member& stuck = crew.members()[0];
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(stuck));
  stuck.turn.store(1);
  crew.step_aside(stuck);

  BOOST_TEST(!crew.mark_stuck(stuck, 3));
  BOOST_TEST(crew.mark_stuck(stuck, 1));
  Member* const substitute = crew.bring_in();

  BOOST_TEST_REQUIRE(substitute == &crew.members()[1]);
  BOOST_TEST(crew.bring_in() == nullptr);
  crew.submit(job(2));
  BOOST_TEST(crew.wait_for_turn(*substitute));
}

BOOST_AUTO_TEST_CASE(knows_whose_route_a_member_may_still_use) {
  Crew crew(1, 10);
  Member& member = crew.members()[0];
  const RouteTarget route, other;
  const auto may_be_in = [&](const RouteTarget& which) {
    return crew.may_be_in([&](const RouteTarget* target) { return target == &which; });
  };
  BOOST_TEST(!may_be_in(route));
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(member));

  member.route.store(&route);
  member.turn.store(1);
  BOOST_TEST(may_be_in(route));
  BOOST_TEST(!may_be_in(other));
  member.turn.store(2);  // it may be on its way out
  BOOST_TEST(may_be_in(route));
  BOOST_TEST(may_be_in(other));
  crew.end_turn(member, nullptr);
  BOOST_TEST(!may_be_in(route));
}

BOOST_AUTO_TEST_CASE(lets_a_stuck_member_leave_that_comes_back) {
  Crew crew(1, 10);
  Member& stuck = crew.members()[0];
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(stuck));
  crew.step_aside(stuck);
  BOOST_TEST(crew.mark_stuck(stuck, 0));
  BOOST_TEST(crew.bring_in() == &crew.members()[1]);

  BOOST_TEST(!crew.step_back(stuck));
  crew.end_turn(stuck, nullptr);
  BOOST_TEST(!crew.wait_for_turn(stuck));
  crew.leave(stuck);

  BOOST_TEST(crew.stuck() == 0u);
  BOOST_TEST(crew.has_left(stuck));
  BOOST_TEST(crew.bring_in() == &stuck);
}

BOOST_AUTO_TEST_CASE(takes_no_job_when_every_member_is_stuck) {
  Crew crew(1, 10);
  for (Member& member : crew.members()) {
    if (&member != &crew.members()[0]) BOOST_TEST(crew.bring_in() == &member);
    BOOST_TEST(crew.submit(job(1)));
    BOOST_TEST(crew.wait_for_turn(member));
    Batch* batch = crew.next(nullptr);
    Job taken;
    BOOST_TEST(batch->take(taken));
    crew.step_aside(member);
    BOOST_TEST(crew.mark_stuck(member, 0));
  }

  BOOST_TEST(!crew.submit(job(2)));

  // The first that comes back goes on: no other thread is left.
  BOOST_TEST(!crew.step_back(crew.members()[0]));
  crew.end_turn(crew.members()[0], nullptr);
  std::future<bool> first = park(crew, 0);
  while (!crew.submit(job(3))) std::this_thread::yield();
  BOOST_TEST(happens(first));
}

BOOST_AUTO_TEST_CASE(leaves_a_member_alone_that_waits_for_the_gil) {
  Crew crew(2, 10);
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(crew.members()[0]));
  std::future<bool> second = park(crew, 1);
  {
    const Watched watched(crew);

    BOOST_TEST(is_waiting(second));
  }
  BOOST_TEST(!crew.members()[0].aside.load());
}

BOOST_AUTO_TEST_CASE(refuses_beyond_its_capacity) {
  Crew crew(1, 2);

  BOOST_TEST(crew.submit(job(1)));
  BOOST_TEST(crew.submit(job(2)));
  BOOST_TEST(!crew.submit(job(3)));
}

BOOST_AUTO_TEST_CASE(is_done_when_no_member_has_a_job) {
  Crew crew(1, 10);
  crew.submit(job(1));
  BOOST_TEST(crew.wait_for_turn(crew.members()[0]));
  Batch* batch = crew.next(nullptr);
  Job taken;
  batch->take(taken);
  BOOST_TEST(!crew.wait_until_done(steady_clock::now()));

  crew.end_turn(crew.members()[0], batch);

  BOOST_TEST(crew.wait_until_done(steady_clock::now()));
  BOOST_TEST(!crew.submit(job(2)));
}

BOOST_AUTO_TEST_CASE(gives_back_what_has_not_started) {
  Crew crew(1, 10);
  crew.submit(job(1));
  crew.submit(job(2));

  const std::vector<Job> queued = crew.take_queued();

  BOOST_TEST(queued.size() == 2);
  BOOST_TEST(crew.wait_until_done(steady_clock::now()));
}

BOOST_AUTO_TEST_CASE(knows_who_has_left) {
  Crew crew(2, 10);
  crew.leave(crew.members()[0]);

  BOOST_TEST(!crew.dismiss(steady_clock::now()));
  BOOST_TEST(crew.has_left(crew.members()[0]));
  BOOST_TEST(!crew.has_left(crew.members()[1]));
}

BOOST_AUTO_TEST_SUITE_END()
