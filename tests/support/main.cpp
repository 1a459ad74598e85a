#include <boost/test/unit_test.hpp>

// Written out, as BOOST_TEST_MODULE only works in front of the header, which is precompiled.
int main(int argc, char** argv) {
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
