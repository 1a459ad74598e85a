#define BOOST_TEST_MODULE plughost
#include <boost/test/unit_test.hpp>
