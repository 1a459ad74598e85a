#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "loaded_plugin.hpp"
#include "unit/python_pool/processes.hpp"

using namespace plughost::testing;

namespace {

/// The process ids of this process's children, as text.
std::string children() {
  std::string ids;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "children");
    for (std::string id; file >> id;) ids += id + " ";
  }
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_pool)

BOOST_AUTO_TEST_CASE(runs_a_pool_route_in_another_process) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"default": {"workers": 1}})");
    ph_handler handler;
    BOOST_TEST(plugin.bind("sample:process_id", handler, R"({"mode": "pool"})").code == PH_OK);
    BOOST_TEST(plugin.start().code == PH_OK);
    const FakeRequest request;

    BOOST_TEST(send(handler, 1, request) == PH_OK);

    const FakeAnswer answer = plugin.host.wait_for(1);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body != std::to_string(getpid()));
    BOOST_TEST(plugin.health().code == PH_OK);
    BOOST_TEST(plugin.drain(now_ns() + 10'000'000'000) == PH_OK);
  });
}

BOOST_AUTO_TEST_CASE(runs_each_route_in_the_pool_it_names) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"one": {"workers": 1}, "other": {"workers": 1},
                                        "unused": {"workers": 1}})");
    ph_handler first, second, third;
    BOOST_TEST(plugin.bind("sample:process_id", first, R"({"pool": "one"})").code == PH_OK);
    BOOST_TEST(plugin.bind("sample:process_id", second, R"({"pool": "other"})").code == PH_OK);
    BOOST_TEST(plugin.bind("sample:process_id", third, R"({"pool": "one"})").code == PH_OK);
    BOOST_TEST(plugin.start().code == PH_OK);
    const FakeRequest request;

    send(first, 1, request);
    send(second, 2, request);
    send(third, 3, request);

    const std::string one = plugin.host.wait_for(1).body;
    BOOST_TEST(one != plugin.host.wait_for(2).body);
    BOOST_TEST(one == plugin.host.wait_for(3).body);
    BOOST_TEST(pool_workers().size() == 2u);
    BOOST_TEST(plugin.health().code == PH_OK);
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_pool_that_is_not_configured) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"images": {}})");
    ph_handler handler;

    const Refusal refusal = plugin.bind("sample:hello", handler, R"({"pool": "image"})");

    BOOST_TEST(refusal.code == PH_E_CONFIG);
    BOOST_TEST(refusal.key == "/pool");
    BOOST_TEST(refusal.message.find("no pool 'image'") != std::string::npos, refusal.message);
    BOOST_TEST(refusal.message.find("did you mean 'images'") != std::string::npos, refusal.message);
  });
}

BOOST_AUTO_TEST_CASE(starts_the_pool_for_a_route_that_comes_later) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"default": {"workers": 1}})");
    plugin.start();
    ph_handler handler;
    BOOST_TEST(plugin.bind("sample:process_id", handler, R"({"mode": "pool"})").code == PH_OK);
    const FakeRequest request;

    send(handler, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).status == 200);
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_later_route_when_the_pool_cannot_start) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"default": {"workers": 1}})");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    ph_handler handler;

    const Refusal refusal = plugin.bind("only_here:function", handler, R"({"mode": "pool"})");

    BOOST_TEST(refusal.code == PH_E_INTERNAL);
    BOOST_TEST(refusal.message.find("only_here") != std::string::npos, refusal.message);
    const FakeRequest request;
    send(hello, 1, request);
    BOOST_TEST(plugin.host.wait_for(1).status == 200);
  });
}

BOOST_AUTO_TEST_CASE(starts_no_process_without_a_pool_route) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;

    send(hello, 1, request);

    BOOST_TEST(plugin.host.wait_for(1).status == 200);
    BOOST_TEST(children() == "");
  });
}

BOOST_AUTO_TEST_CASE(starts_nothing_when_the_pool_cannot_start) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "pools": {"default": {"workers": 1}})");
    ph_handler handler;
    BOOST_TEST(plugin.bind("only_here:function", handler, R"({"mode": "pool"})").code == PH_OK);

    const Refusal refusal = plugin.start();

    BOOST_TEST(refusal.code == PH_E_INTERNAL);
    BOOST_TEST(refusal.message.find("only_here") != std::string::npos, refusal.message);
    BOOST_TEST(plugin.health().message.find("not started") != std::string::npos);
  });
}

BOOST_AUTO_TEST_SUITE_END()
