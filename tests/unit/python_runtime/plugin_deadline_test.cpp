// Handlers that run on after their deadline.
#include <boost/test/unit_test.hpp>

#include "loaded_plugin.hpp"

using namespace plughost::testing;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

template <typename Predicate>
bool becomes(Predicate predicate) {
  const std::uint64_t limit = now_ns() + 30 * kSecond;
  while (!predicate()) {
    if (now_ns() > limit) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

bool is_logged(LoadedPlugin& plugin, const std::string& part) {
  return becomes([&] { return plugin.host.log_text().find(part) != std::string::npos; });
}

/// Sends it with a deadline that is close, and waits until the handler runs.
void send_late(LoadedPlugin& plugin, const ph_handler& handler, ph_req token,
               FakeRequest& request) {
  request.with_deadline(now_ns() + kSecond / 5);
  occupy_thread(plugin, handler, token, request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_deadline)

BOOST_AUTO_TEST_CASE(interrupts_a_handler_that_loops) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler looping = plugin.bound("sample:loop_for_ever");
    const ph_handler count = plugin.bound("sample:call_count");
    plugin.start();
    FakeRequest late;
    const FakeRequest request;

    send_late(plugin, looping, 1, late);

    BOOST_TEST(plugin.host.wait_for(1).status == 500);
    BOOST_TEST(is_logged(plugin, "in loop_for_ever"));
    BOOST_TEST(is_logged(plugin, "DeadlineExceeded: the handler ran on for a second"));
    send(count, 2, request);
    BOOST_TEST(plugin.host.wait_for(2).body == R"({"calls":1})");  // its finally has run
    BOOST_TEST(plugin.host.log_text().find("takes its place") == std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(never_interrupts_the_next_request) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    // Without a Python frame in which the interrupt could be raised.
    const ph_handler waiting = plugin.bound("sample:wait_in_c");
    const ph_handler release = plugin.bound("sample:release_in_1500ms");
    const ph_handler spin = plugin.bound("sample:spin_20ms");
    plugin.start();
    const FakeRequest request;
    send(release, 1, request);
    BOOST_TEST(plugin.host.wait_for(1).status == 204);
    FakeRequest late;
    late.with_deadline(now_ns() + kSecond / 5);

    send(waiting, 2, late);
    send(spin, 3, request);

    BOOST_TEST(plugin.host.wait_for(2).body == "a thing");
    BOOST_TEST(plugin.host.wait_for(3).status == 200);
    BOOST_TEST(plugin.host.log_text().find("DeadlineExceeded") == std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(replaces_a_thread_that_takes_no_interrupt) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler deaf = plugin.bound("sample:ignore_interrupts");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    FakeRequest late;
    const FakeRequest request;

    send_late(plugin, deaf, 1, late);

    BOOST_TEST(is_logged(plugin, "sample:ignore_interrupts has not returned"));
    BOOST_TEST(is_logged(plugin, "another thread takes its place"));
    send(hello, 2, request);
    BOOST_TEST(plugin.host.wait_for(2).status == 200);
    BOOST_TEST(plugin.health().code == PH_OK);
    plugin.host.cancel(1);
    BOOST_TEST(plugin.drain(now_ns() + 20 * kSecond) == PH_OK);
  });
}

BOOST_AUTO_TEST_CASE(refuses_requests_when_every_thread_is_stuck) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler deaf = plugin.bound("sample:ignore_interrupts");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    FakeRequest first, second;
    const FakeRequest request;

    send_late(plugin, deaf, 1, first);
    BOOST_TEST(is_logged(plugin, "another thread takes its place"));
    send_late(plugin, deaf, 2, second);

    BOOST_TEST(is_logged(plugin, "every Python thread is stuck in sample:ignore_interrupts"));
    BOOST_TEST(send(hello, 3, request) == PH_E_BUSY);
    BOOST_TEST(plugin.health().message.find("all 2 dispatch threads are stuck") == 0u);

    plugin.host.cancel(1);
    BOOST_TEST(becomes([&] { return plugin.health().code == PH_OK; }));
    send(hello, 4, request);
    plugin.host.cancel(2);
    BOOST_TEST(plugin.drain(now_ns() + 20 * kSecond) == PH_OK);
    BOOST_TEST(plugin.host.wait_for(4).status == 200);
  });
}

BOOST_AUTO_TEST_SUITE_END()
