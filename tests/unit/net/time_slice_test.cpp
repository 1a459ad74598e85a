#include "net/time_slice.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdio>
#include <thread>

using plughost::net::ask_for_short_time_slices;

namespace {

struct Scheduling {
  std::uint32_t policy;
  std::int32_t nice;
  std::uint64_t slice_ns;
};

/// Of the calling thread, by the layout of sched_setattr(2).
Scheduling scheduling() {
  struct {
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime_ns, deadline_ns, period_ns;
  } all{};
  BOOST_REQUIRE(::syscall(SYS_sched_getattr, 0, &all, sizeof(all), 0) == 0);
  return {all.policy, all.nice, all.runtime_ns};
}

bool kernel_has_slices() {
  utsname name{};
  int major = 0;
  int minor = 0;
  BOOST_REQUIRE(::uname(&name) == 0);
  BOOST_REQUIRE(std::sscanf(name.release, "%d.%d", &major, &minor) == 2);
  return major > 6 || (major == 6 && minor >= 12);
}

/// Each thread has a scheduling of its own: what a test does to it ends with the thread.
template <class Body>
void in_a_thread(Body body) {
  std::thread(body).join();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_time_slice)

BOOST_AUTO_TEST_CASE(a_thread_gets_shorter_slices_and_keeps_its_nice_value) {
  in_a_thread([] {
    BOOST_REQUIRE(::nice(3) != -1);
    const Scheduling before = scheduling();

    ask_for_short_time_slices();

    const Scheduling after = scheduling();
    BOOST_TEST(after.policy == before.policy);
    BOOST_TEST(after.nice == before.nice);
    if (kernel_has_slices()) BOOST_TEST(after.slice_ns == 100'000u);
  });
}

BOOST_AUTO_TEST_CASE(a_policy_that_somebody_chose_is_left_alone) {
  in_a_thread([] {
    const sched_param none{};
    BOOST_REQUIRE(::sched_setscheduler(0, SCHED_BATCH, &none) == 0);
    const Scheduling before = scheduling();

    ask_for_short_time_slices();

    const Scheduling after = scheduling();
    BOOST_TEST(after.policy == static_cast<std::uint32_t>(SCHED_BATCH));
    BOOST_TEST(after.slice_ns == before.slice_ns);
  });
}

BOOST_AUTO_TEST_SUITE_END()
