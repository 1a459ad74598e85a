#include "net/time_slice.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <thread>

using plughost::net::ask_for_short_time_slices;

namespace {

struct Scheduling {
  std::uint32_t policy;
  std::int32_t nice;
  std::uint64_t slice_ns;
};

/// Of the calling thread, by the layout of sched_setattr(2); none: where that call is forbidden.
std::optional<Scheduling> scheduling() {
  struct {
    std::uint32_t size, policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime_ns, deadline_ns, period_ns;
  } all{};
  if (::syscall(SYS_sched_getattr, 0, &all, sizeof(all), 0) != 0) return std::nullopt;
  return Scheduling{all.policy, all.nice, all.runtime_ns};
}

bool kernel_has_slices() {
  utsname name{};
  int major = 0;
  int minor = 0;
  BOOST_REQUIRE(::uname(&name) == 0);
  BOOST_REQUIRE(std::sscanf(name.release, "%d.%d", &major, &minor) == 2);
  return major > 6 || (major == 6 && minor >= 12);
}

struct Change {
  std::optional<Scheduling> before, after;
};

/// What asking does to a thread of that policy; what it does ends with the thread.
Change ask_in_a_thread(int policy) {
  Change change;
  std::thread([&] {
    const sched_param none{};
    ::pthread_setschedparam(::pthread_self(), policy, &none);
    change.before = scheduling();
    ask_for_short_time_slices();
    change.after = scheduling();
  }).join();
  return change;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_time_slice)

BOOST_AUTO_TEST_CASE(a_thread_gets_shorter_slices_and_nothing_else_changes) {
  const Change change = ask_in_a_thread(SCHED_OTHER);

  BOOST_REQUIRE(change.before.has_value() == change.after.has_value());
  if (!change.after) return;  // a sandbox: nothing to see, and nothing was thrown
  BOOST_TEST(change.after->policy == static_cast<std::uint32_t>(SCHED_OTHER));
  BOOST_TEST(change.after->nice == change.before->nice);
  if (kernel_has_slices()) BOOST_TEST(change.after->slice_ns == 100'000u);
}

BOOST_AUTO_TEST_CASE(a_policy_that_somebody_chose_is_left_alone) {
  const Change change = ask_in_a_thread(SCHED_BATCH);

  BOOST_REQUIRE(change.before.has_value() == change.after.has_value());
  if (!change.after) return;
  BOOST_TEST(change.after->policy == static_cast<std::uint32_t>(SCHED_BATCH));
  BOOST_TEST(change.after->slice_ns == change.before->slice_ns);
}

BOOST_AUTO_TEST_SUITE_END()
