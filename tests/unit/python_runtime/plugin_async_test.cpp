#include <boost/test/unit_test.hpp>

#include "loaded_plugin.hpp"

using namespace plughost::testing;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_async)

BOOST_AUTO_TEST_CASE(answers_a_batch_once_each) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("tasks:hello");
    const ph_handler nap = plugin.bound("tasks:nap");
    plugin.start();
    const FakeRequest request;

    for (ph_req token = 1; token <= 500; ++token) {
      BOOST_REQUIRE(send(token % 2 == 0 ? hello : nap, token, request) == PH_OK);
    }

    BOOST_TEST(plugin.host.wait_for_answers(500));
    for (const auto& [token, answer] : plugin.host.answers()) {
      BOOST_TEST(answer.status == 200U);
      BOOST_TEST(answer.times == 1U);
    }
  });
}

BOOST_AUTO_TEST_CASE(cancels_when_the_host_says_so) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hang = plugin.bound("tasks:hang");
    plugin.start();
    const FakeRequest request;
    BOOST_REQUIRE(send(hang, 1, request) == PH_OK);
    BOOST_REQUIRE(plugin.host.wait_for_watch(1));

    plugin.host.cancel(1);

    BOOST_TEST(plugin.host.wait_for(1).times == 1U);
    BOOST_TEST(plugin.host.log_text().find("Traceback") == std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(cancels_what_was_cancelled_before_its_turn) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hang = plugin.bound("tasks:hang");
    plugin.start();
    plugin.host.cancel(1);
    const FakeRequest request;

    BOOST_REQUIRE(send(hang, 1, request) == PH_OK);

    BOOST_TEST(plugin.host.wait_for(1).times == 1U);
  });
}

BOOST_AUTO_TEST_CASE(does_not_call_what_is_past_its_deadline) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("tasks:hello");
    plugin.start();
    FakeRequest request;
    request.with_deadline(1);

    BOOST_REQUIRE(send(hello, 1, request) == PH_OK);

    BOOST_TEST(plugin.host.wait_for(1).status == 504U);
  });
}

BOOST_AUTO_TEST_CASE(drain_waits_for_tasks) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler nap = plugin.bound("tasks:nap");
    plugin.start();
    const FakeRequest request;
    send(nap, 1, request);

    BOOST_TEST(plugin.drain(now_ns() + 30 * kSecond) == PH_OK);

    BOOST_TEST(plugin.host.answers()[1].status == 200U);
    BOOST_TEST(send(nap, 2, request) == PH_E_BUSY);
  });
}

BOOST_AUTO_TEST_CASE(drain_cancels_shortly_before_its_deadline) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hang = plugin.bound("tasks:hang");
    plugin.start();
    const FakeRequest request;
    send(hang, 1, request);

    BOOST_TEST(plugin.drain(now_ns() + 2 * kSecond) == PH_OK);

    BOOST_TEST(plugin.host.answers()[1].status == 503U);
    BOOST_TEST(plugin.host.log_text().find("cancelling 1 requests") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(stop_ends_tasks_and_generators_of_the_users_own) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler leave = plugin.bound("tasks:leave_things_behind");
    plugin.start();
    const FakeRequest request;
    send(leave, 1, request);
    BOOST_TEST(plugin.host.wait_for(1).status == 200U);

    plugin.drain(now_ns() + kSecond);
    plugin.stop();

    const std::string log = plugin.host.log_text();
    for (const char* complaint : {"Traceback", "destroyed", "never retrieved", "while stopping"}) {
      BOOST_TEST(log.find(complaint) == std::string::npos, log);
    }
    plugin.destroy();
  });
}

BOOST_AUTO_TEST_CASE(a_blocked_loop_is_unhealthy_and_given_up) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler block = plugin.bound("tasks:block");
    plugin.start();
    const FakeRequest request;
    send(block, 1, request);
    BOOST_REQUIRE(plugin.host.wait_for_probes(1, 1));
    BOOST_TEST(plugin.health().code == PH_OK);
    send(block, 2, request);

    const std::uint64_t end = now_ns() + 30 * kSecond;
    Refusal refusal = plugin.health();
    while (refusal.code == PH_OK && now_ns() < end) refusal = plugin.health();
    BOOST_TEST(refusal.code == PH_E_UNAVAILABLE);
    BOOST_TEST(refusal.message.find("an async handler blocks it") != std::string::npos);

    BOOST_TEST(plugin.drain(now_ns()) == PH_E_BUSY);
    plugin.stop();
    plugin.destroy();
  });
}

BOOST_AUTO_TEST_SUITE_END()
