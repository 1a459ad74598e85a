#include "runtime/overdue.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::python;

namespace {

constexpr std::uint64_t kGrace = kDeadlineGraceNs;

struct Watched {
  Watched() : members(2), overdue(2) {}

  std::vector<Overdue::Case> at(std::uint64_t now_ns) { return overdue.look(members, now_ns); }
  std::deque<Member> members;
  Overdue overdue;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_runtime_overdue, Watched)

BOOST_AUTO_TEST_CASE(is_quiet_without_a_call_or_a_deadline) {
  members[0].turn = 2;  // between two calls
  members[0].deadline_ns = 5;
  members[1].turn = 3;

  BOOST_TEST(at(10 * kGrace).empty());
  BOOST_TEST(overdue.next_ns() == UINT64_MAX);
}

BOOST_AUTO_TEST_CASE(takes_each_step_once_and_at_its_time) {
  members[1].turn = 7;
  members[1].deadline_ns = 100;

  BOOST_TEST(at(100 + kGrace - 1).empty());
  BOOST_TEST(overdue.next_ns() == 100 + kGrace);
  const auto first = at(100 + kGrace);
  BOOST_TEST_REQUIRE(first.size() == 1u);
  BOOST_TEST(first[0].member == 1u);
  BOOST_TEST(first[0].turn == 7u);
  BOOST_TEST((first[0].step == Overdue::Step::interrupt));
  BOOST_TEST(overdue.next_ns() == 100 + 2 * kGrace);
  BOOST_TEST(at(100 + 2 * kGrace - 1).empty());
  const auto second = at(100 + 2 * kGrace);
  BOOST_TEST_REQUIRE(second.size() == 1u);
  BOOST_TEST((second[0].step == Overdue::Step::give_up));
  BOOST_TEST(at(100 + 9 * kGrace).empty());
  BOOST_TEST(overdue.next_ns() == UINT64_MAX);
}

BOOST_AUTO_TEST_CASE(begins_anew_with_the_next_call) {
  members[0].turn = 1;
  members[0].deadline_ns = 100;
  at(100 + kGrace);

  members[0].turn = 3;
  members[0].deadline_ns = 2 * kGrace;

  BOOST_TEST(at(2 * kGrace).empty());
  BOOST_TEST(overdue.next_ns() == 3 * kGrace);
  const auto cases = at(3 * kGrace);
  BOOST_TEST_REQUIRE(cases.size() == 1u);
  BOOST_TEST((cases[0].step == Overdue::Step::interrupt));
}

BOOST_AUTO_TEST_SUITE_END()
