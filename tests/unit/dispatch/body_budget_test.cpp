#include "dispatch/body_budget.hpp"

#include <boost/test/unit_test.hpp>

using plughost::dispatch::BodyBudget;
using plughost::dispatch::BodyReservation;

BOOST_AUTO_TEST_SUITE(dispatch_body_budget)

BOOST_AUTO_TEST_CASE(grants_up_to_the_limit) {
  BodyBudget budget(100);
  BodyReservation first;
  BodyReservation second;

  BOOST_TEST(first.grow_to(budget, 60));
  BOOST_TEST(!second.grow_to(budget, 41));
  BOOST_TEST(second.grow_to(budget, 40));
}

BOOST_AUTO_TEST_CASE(counts_growth_once) {
  BodyBudget budget(100);
  BodyReservation reservation;

  BOOST_TEST(reservation.grow_to(budget, 50));
  BOOST_TEST(reservation.grow_to(budget, 30));
  BOOST_TEST(reservation.grow_to(budget, 100));
  BOOST_TEST(!reservation.grow_to(budget, 101));
}

BOOST_AUTO_TEST_CASE(gives_back_when_released_or_destroyed) {
  BodyBudget budget(10);
  BodyReservation other;
  {
    BodyReservation reservation;
    BOOST_TEST(reservation.grow_to(budget, 10));
    BOOST_TEST(!other.grow_to(budget, 1));
  }

  BOOST_TEST(other.grow_to(budget, 10));
  other.release();
  BOOST_TEST(other.grow_to(budget, 10));
}

BOOST_AUTO_TEST_SUITE_END()
