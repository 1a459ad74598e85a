#include <boost/test/unit_test.hpp>
#include <chrono>
#include <deque>
#include <thread>

#include "loaded_plugin.hpp"

using namespace plughost::testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_serve)

BOOST_AUTO_TEST_CASE(answers_a_dict_as_json) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;

    send(hello, 1, request);

    const FakeAnswer answer = plugin.host.wait_for(1);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == R"({"message":"hello"})");
  });
}

BOOST_AUTO_TEST_CASE(eight_sleeping_handlers_finish_together) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler sleeping = plugin.bound("sample:sleep_100ms");
    plugin.start();
    const FakeRequest request;
    const auto before = steady_clock::now();

    for (ph_req token = 1; token <= 8; ++token) send(sleeping, token, request);

    BOOST_TEST(plugin.host.wait_for_answers(8));
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
    BOOST_TEST(took.count() < 300);  // one after the other they take 800
  });
}

BOOST_AUTO_TEST_CASE(answers_10000_requests_of_several_threads_once_each) {
  in_own_process([] {
    constexpr ph_req kThreads = 4, kEach = 2500;
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;

    std::vector<std::thread> senders;
    for (ph_req thread = 0; thread < kThreads; ++thread) {
      senders.emplace_back([&, thread] {
        for (ph_req i = 1; i <= kEach; ++i) {
          while (send(hello, thread * kEach + i, request) == PH_E_BUSY) std::this_thread::yield();
        }
      });
    }
    for (std::thread& sender : senders) sender.join();

    BOOST_TEST(plugin.host.wait_for_answers(kThreads * kEach));
    BOOST_TEST(plugin.drain(now_ns() + 10'000'000'000) == PH_OK);
    for (const auto& [token, answer] : plugin.host.answers()) {
      BOOST_REQUIRE(answer.times == 1);
      BOOST_REQUIRE(answer.status == 200);
    }
  });
}

BOOST_AUTO_TEST_CASE(quick_handlers_go_on_beside_slow_ones) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler waiting = plugin.bound("sample:wait_until_cancelled");
    const ph_handler computing = plugin.bound("sample:spin_20ms");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;
    for (ph_req token = 1; token <= 5; ++token) send(waiting, token, request);
    for (ph_req token = 6; token <= 7; ++token) send(computing, token, request);

    for (ph_req token = 100; token < 200; ++token) send(hello, token, request);

    BOOST_TEST(plugin.host.wait_for_answers(102));
    BOOST_TEST(plugin.host.answers().count(1) == 0);
  });
}

BOOST_AUTO_TEST_CASE(says_busy_when_the_queue_is_full) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1, "queue": 4)");
    const ph_handler waiting = plugin.bound("sample:wait_until_cancelled");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;
    occupy_thread(plugin, waiting, 1, request);

    for (ph_req token = 2; token <= 5; ++token) BOOST_TEST(send(hello, token, request) == PH_OK);

    BOOST_TEST(send(hello, 6, request) == PH_E_BUSY);
  });
}

BOOST_AUTO_TEST_CASE(drops_queued_work_past_its_deadline) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler waiting = plugin.bound("sample:wait_until_cancelled");
    const ph_handler count = plugin.bound("sample:count");
    const ph_handler total = plugin.bound("sample:call_count");
    plugin.start();
    const FakeRequest request;
    FakeRequest expired;
    expired.with_deadline(now_ns() + 1);
    occupy_thread(plugin, waiting, 1, request);

    send(count, 2, expired);
    send(count, 3, request);
    send(total, 4, request);
    plugin.host.cancel(1);

    BOOST_TEST(plugin.host.wait_for(4).body == R"({"calls":1})");
    BOOST_TEST(plugin.host.wait_for(2).status == 504);
  });
}

BOOST_AUTO_TEST_CASE(answers_queued_work_of_a_client_that_has_half_closed) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler waiting = plugin.bound("sample:wait_until_cancelled");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;
    occupy_thread(plugin, waiting, 1, request);

    send(hello, 2, request);
    plugin.host.cancel(2);
    plugin.host.cancel(1);

    const FakeAnswer answer = plugin.host.wait_for(2);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == R"({"message":"hello"})");
    BOOST_TEST(answer.times == 1);
  });
}

BOOST_AUTO_TEST_CASE(survives_what_a_handler_raises) {
  for (const char* target : {"sample:fail", "sample:leave"}) {
    in_own_process([&] {
      CreatedPlugin plugin(R"(, "threads": 1)");
      const ph_handler failing = plugin.bound(target);
      const ph_handler hello = plugin.bound("sample:hello");
      plugin.start();
      const FakeRequest request;

      send(failing, 1, request);
      send(hello, 2, request);

      BOOST_TEST(plugin.host.wait_for(1).status == 500);
      BOOST_TEST(plugin.host.wait_for(2).status == 200);
      BOOST_TEST(!plugin.host.log_text().empty());
    });
  }
}

BOOST_AUTO_TEST_CASE(answers_500_when_the_host_refuses_the_answer) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    plugin.host.refuse_answers(1);
    const FakeRequest request;

    send(hello, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).status == 500);
    BOOST_TEST(plugin.host.log_text().find("refused") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(imports_extension_modules) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler importing = plugin.bound("sample:extension_modules");
    plugin.start();
    const FakeRequest request;

    send(importing, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).body ==
               R"(["_asyncio","_ctypes","_multiprocessing","_ssl"])");
  });
}

BOOST_AUTO_TEST_CASE(names_the_interpreter_and_takes_no_arguments) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler environment = plugin.bound("sample:environment");
    plugin.start();
    const FakeRequest request;

    send(environment, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).body ==
               R"({"executable":")" PLUGHOST_PYTHON
               R"(","argv":[""],"main":false,"cwd_in_path":false})");
  });
}

BOOST_AUTO_TEST_SUITE_END()
