#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "loaded_plugin.hpp"

using namespace plughost::testing;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A path nobody else has, removed at the end.
class ScratchFile final {
 public:
  ScratchFile() : path_("/tmp/plughost-python-XXXXXX") { close(mkstemp(path_.data())); }
  ~ScratchFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_lifecycle)

BOOST_AUTO_TEST_CASE(describes_itself) {
  in_own_process([] {
    const LoadedPlugin plugin;

    BOOST_TEST(plugin.entry()->abi_major == PH_ABI_MAJOR);
    BOOST_TEST(plugin.entry()->flags == PH_PF_SINGLETON);
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_bad_configuration) {
  struct Row {
    const char* name;
    const char* config;
    const char* key;
    const char* says;
  };
  const Row rows[] = {
      {"unknown key", R"({"thread": 8})", "/thread", "did you mean 'threads'"},
      {"deep key", R"({"pools": {"default": {"worker": 2}}})", "/pools/default/worker",
       "did you mean 'workers'"},
      {"missing folder", R"({"import_paths": ["nowhere"]})", "/import_paths/0", "nowhere"},
  };
  in_own_process([&] {
    LoadedPlugin plugin;
    for (const Row& row : rows) {
      BOOST_TEST_CONTEXT(row.name) {
        const Refusal refusal = plugin.create(row.config);

        BOOST_TEST(refusal.code == PH_E_CONFIG);
        BOOST_TEST(refusal.key == row.key);
        BOOST_TEST(refusal.message.find(row.says) != std::string::npos, refusal.message);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_second_interpreter) {
  in_own_process([] {
    const CreatedPlugin first;
    LoadedPlugin second;

    const Refusal refusal = second.create();

    BOOST_TEST(refusal.code == PH_E_CONFIG);
    BOOST_TEST(refusal.message.find("already runs") != std::string::npos, refusal.message);
  });
}

BOOST_AUTO_TEST_CASE(leaves_signal_handlers_alone) {
  in_own_process([] {
    struct sigaction before[3], after[3];
    const int signals[] = {SIGINT, SIGPIPE, SIGTERM};
    for (int i = 0; i < 3; ++i) sigaction(signals[i], nullptr, &before[i]);

    const CreatedPlugin plugin;

    for (int i = 0; i < 3; ++i) {
      sigaction(signals[i], nullptr, &after[i]);
      BOOST_TEST((before[i].sa_handler == after[i].sa_handler));
    }
  });
}

BOOST_AUTO_TEST_CASE(ends_without_ever_starting) {
  in_own_process([] {
    CreatedPlugin plugin;
    plugin.bound("sample:hello");

    plugin.destroy();
  });
}

BOOST_AUTO_TEST_CASE(drains_at_once_when_nothing_is_left) {
  in_own_process([] {
    CreatedPlugin plugin;
    plugin.bound("sample:hello");
    plugin.start();

    BOOST_TEST(plugin.drain(0) == PH_OK);
  });
}

BOOST_AUTO_TEST_CASE(drain_waits_for_what_was_accepted) {
  in_own_process([] {
    CreatedPlugin plugin;
    const ph_handler sleeping = plugin.bound("sample:sleep_100ms");
    plugin.start();
    const FakeRequest request;
    for (ph_req token = 1; token <= 20; ++token) send(sleeping, token, request);

    BOOST_TEST(plugin.drain(now_ns() + 30 * kSecond) == PH_OK);

    for (ph_req token = 1; token <= 20; ++token) {
      BOOST_TEST(plugin.host.answers()[token].status == 200);
    }
    BOOST_TEST(send(sleeping, 21, request) == PH_E_BUSY);
  });
}

BOOST_AUTO_TEST_CASE(drain_answers_503_at_the_deadline_to_what_has_not_started) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler waiting = plugin.bound("sample:wait_until_cancelled");
    const ph_handler hello = plugin.bound("sample:hello");
    plugin.start();
    const FakeRequest request;
    occupy_thread(plugin, waiting, 1, request);
    for (ph_req token = 2; token <= 9; ++token) send(hello, token, request);

    BOOST_TEST(plugin.drain(now_ns() + kSecond / 20) == PH_E_BUSY);

    for (ph_req token = 2; token <= 9; ++token) {
      const FakeAnswer answer = plugin.host.answers()[token];
      BOOST_TEST(answer.status == 503);
      BOOST_TEST(answer.times == 1);
    }
    BOOST_TEST(plugin.host.log_text().find("sample:wait_until_cancelled") != std::string::npos);
    plugin.finish();
    BOOST_TEST(plugin.host.answers()[1].times == 1);
  });
}

BOOST_AUTO_TEST_CASE(stop_lets_a_handler_go_that_never_returns) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 2)");
    const ph_handler never = plugin.bound("sample:never_return");
    plugin.start();
    const FakeRequest request;
    send(never, 1, request);
    BOOST_TEST(plugin.host.wait_for_probes(1, 1));

    BOOST_TEST(plugin.drain(now_ns() + kSecond / 20) == PH_E_BUSY);
    plugin.stop();
    plugin.destroy();

    BOOST_TEST(plugin.host.answers().count(1) == 0);
  });
}

BOOST_AUTO_TEST_CASE(health_follows_the_lifecycle) {
  in_own_process([] {
    CreatedPlugin plugin(R"(, "threads": 1)");
    const ph_handler waiting = plugin.bound("sample:ignore_interrupts");
    BOOST_TEST(plugin.health().message.find("not started") != std::string::npos);

    plugin.start();
    BOOST_TEST(plugin.health().code == PH_OK);

    // Each gets a thread, the one that is there and the one in its place.
    FakeRequest late[2];
    for (ph_req token : {1, 2}) {
      late[token - 1].with_deadline(now_ns() + kSecond / 5);
      send(waiting, token, late[token - 1]);
      BOOST_TEST(plugin.host.wait_for_probes(token, 1));
      const std::uint64_t limit = now_ns() + 20 * kSecond;
      const char* const said = token == 1 ? "takes its place" : "every Python thread is stuck";
      while (plugin.host.log_text().find(said) == std::string::npos && now_ns() < limit) {
        std::this_thread::yield();
      }
    }
    BOOST_TEST(plugin.health().message.find("stuck") != std::string::npos);

    plugin.host.cancel_all();
    plugin.drain(now_ns() + 20 * kSecond);
    BOOST_TEST(plugin.health().code == PH_OK);
    plugin.stop();
    BOOST_TEST(plugin.health().message.find("stopped") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(destroy_runs_what_python_runs_at_its_end) {
  for (const char* target : {"sample:write_at_exit", "sample:write_in_thread"}) {
    BOOST_TEST_INFO_SCOPE(target);
    const ScratchFile file;
    in_own_process([&] {
      CreatedPlugin plugin;
      const ph_handler writing = plugin.bound(target);
      plugin.start();
      const FakeRequest request("path=" + file.path());
      send(writing, 1, request);
      BOOST_TEST(plugin.drain(now_ns() + 20 * kSecond) == PH_OK);

      plugin.finish();

      BOOST_TEST(plugin.host.answers()[1].status == 204);
      BOOST_TEST(!read_file(file.path()).empty());
    });
  }
}

BOOST_AUTO_TEST_CASE(destroy_lets_go_of_python_objects_before_python_ends) {
  const ScratchFile file;
  in_own_process([&] {
    CreatedPlugin plugin;
    const ph_handler writing = plugin.bound("sample:write_released_references");
    plugin.start();
    const FakeRequest request("path=" + file.path());
    send(writing, 1, request);
    BOOST_TEST(plugin.host.wait_for(1).status == 204);

    plugin.finish();

    BOOST_TEST(read_file(file.path()) == "1");
  });
}

BOOST_AUTO_TEST_SUITE_END()
