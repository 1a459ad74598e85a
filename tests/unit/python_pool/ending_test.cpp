#include "pool/ending.hpp"

#include <signal.h>

#include <boost/test/unit_test.hpp>

using plughost::python::pool::Ending;

BOOST_AUTO_TEST_SUITE(python_pool_ending)

BOOST_AUTO_TEST_CASE(says_how_a_worker_ended) {
  BOOST_TEST(Ending{0}.text() == "with exit code 0");
  BOOST_TEST(Ending{7}.text() == "with exit code 7");
  BOOST_TEST(Ending{-SIGKILL}.text() == "of signal 9 (SIGKILL)");
  BOOST_TEST(Ending{-64}.text() == "of signal 64");
  BOOST_TEST(Ending{}.text().find("unknown cause") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tells_causes_apart) {
  struct Row {
    const char* name;
    int code;
    bool oom;
    const char* says;
  };
  const Row rows[] = {
      {"exit", 3, false, "os._exit()"},
      {"segmentation fault", -SIGSEGV, false, "crashed in C code"},
      {"abort", -SIGABRT, false, "crashed in C code"},
      {"killed by hand", -SIGKILL, false, "somebody killed it"},
      {"killed by the kernel", -SIGKILL, true, "out of memory: give the pool fewer workers"},
      {"crash while memory was low", -SIGSEGV, true, "crashed in C code"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::string cause = Ending{row.code}.cause(row.oom);
      BOOST_TEST(cause.find(row.says) != std::string::npos, cause);
    }
  }
  BOOST_TEST(Ending{-SIGUSR1}.cause(false) == "");
  BOOST_TEST(Ending{}.cause(true) == "");
}

BOOST_AUTO_TEST_SUITE_END()
