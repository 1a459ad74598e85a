#include "metrics/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <map>
#include <string>

using namespace plughost::metrics;

namespace {

std::map<std::string, double> values() {
  std::map<std::string, double> found;
  for (const Family& family : process_metrics()) found[family.name] = family.samples.at(0).value;
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_process)

BOOST_AUTO_TEST_CASE(tells_what_this_process_uses) {
  const auto found = values();

  BOOST_TEST(found.at("process_resident_memory_bytes") > 1e6);
  BOOST_TEST(found.at("process_virtual_memory_bytes") > found.at("process_resident_memory_bytes"));
  BOOST_TEST(found.at("process_max_fds") > found.at("process_open_fds"));
}

BOOST_AUTO_TEST_CASE(counts_processor_time) {
  const double before = values().at("process_cpu_seconds_total");

  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (values().at("process_cpu_seconds_total") < before + 0.02) {
    BOOST_REQUIRE(std::chrono::steady_clock::now() < end);
  }
}

BOOST_AUTO_TEST_CASE(counts_open_descriptors) {
  const double before = values().at("process_open_fds");

  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  BOOST_TEST(values().at("process_open_fds") == before + 1);
  ::close(fd);
}

BOOST_AUTO_TEST_CASE(tells_when_the_process_started) {
  using namespace std::chrono;
  const auto now = duration<double>(system_clock::now().time_since_epoch()).count();

  const double started = values().at("process_start_time_seconds");
  BOOST_TEST(started < now + 2);
  BOOST_TEST(started > now - 3600);
}

BOOST_AUTO_TEST_SUITE_END()
