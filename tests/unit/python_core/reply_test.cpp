#include "core/reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::python;

BOOST_AUTO_TEST_SUITE(python_core_reply)

BOOST_AUTO_TEST_CASE(gives_large_memory_back_when_cleared) {
  Reply reply;
  reply.body.assign(10'000'000, 'x');
  reply.log.assign(10'000'000, 'x');

  reply.clear();

  BOOST_TEST(reply.body.capacity() < 100'000u);
  BOOST_TEST(reply.log.capacity() < 100'000u);
}

BOOST_AUTO_TEST_CASE(keeps_the_memory_of_a_small_buffer_only) {
  std::string small(100'000, 'x');
  std::string large(2'000'000, 'x');

  clear_buffer(small);
  clear_buffer(large);

  BOOST_TEST(small.empty());
  BOOST_TEST(small.capacity() >= 100'000u);
  BOOST_TEST(large.capacity() < 100'000u);
}

BOOST_AUTO_TEST_SUITE_END()
