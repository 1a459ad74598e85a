// Workers, and the fork server, that die.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

struct Started : PoolRun {
  Started() { pool().start(); }

  /// A request that runs until the file `gate` exists, and the pid of its worker.
  std::pair<ph_req, pid_t> hold(const std::string& name) {
    const ph_req token =
        send("pool_handlers:hold", "started=" + folder.file(name) + "&gate=" + folder.file("gate"));
    return {token, folder.wait_for_pid(name)};
  }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_death, Started)

BOOST_AUTO_TEST_CASE(costs_the_running_request_only) {
  const auto [other, other_pid] = hold("other");
  const auto [victim, victim_pid] = hold("victim");
  const ph_req waiting = send("pool_handlers:squares", "numbers=3");

  ::kill(victim_pid, SIGKILL);

  const FakeAnswer lost = answer(victim);
  BOOST_TEST(lost.status == 502u);
  BOOST_TEST(lost.times == 1u);
  BOOST_TEST(answer(waiting).body == R"({"squares":[9]})");
  folder.create("gate");
  BOOST_TEST(answer(other).status == 200u);
  BOOST_TEST(call("pool_handlers:squares", "numbers=4").body == R"({"squares":[16]})");
}

BOOST_AUTO_TEST_CASE(logs_signal_and_route) {
  const auto [victim, pid] = hold("victim");

  ::kill(pid, SIGKILL);
  answer(victim);

  const std::string log = host().log_text();
  BOOST_TEST(log.find("SIGKILL") != std::string::npos, log);
  BOOST_TEST(log.find("pool_handlers:hold") != std::string::npos, log);
  BOOST_TEST(log.find("/test") != std::string::npos, log);
}

BOOST_AUTO_TEST_CASE(logs_the_exit_code) {
  const FakeAnswer lost = call("pool_handlers:leave", "code=3");

  BOOST_TEST(lost.status == 502u);
  const std::string log = host().log_text();
  BOOST_TEST(log.find("exit code 3") != std::string::npos, log);
  BOOST_TEST(
      wait_until([this] { return host().log_text().find("os._exit()") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(logs_a_crash_in_c_code) {
  const FakeAnswer lost = call("pool_handlers:crash");

  BOOST_TEST(lost.status == 502u);
  BOOST_TEST(wait_until([this] {
    return host().log_text().find("SIGSEGV): it crashed in C code") != std::string::npos;
  }));
}

BOOST_AUTO_TEST_CASE(runs_nothing_twice) {
  // Quick by now, so that many travel together; one among them ends its worker.
  const std::string log = folder.file("log");
  for (int i = 0; i < 20; ++i) call("pool_handlers:append", "log=" + log + "&line=warm");
  std::vector<ph_req> tokens;
  for (int i = 0; i < 200; ++i) {
    if (i % 50 == 25) send("pool_handlers:leave", "code=1");
    tokens.push_back(
        send("pool_handlers:append", "log=" + log + "&line=n" + std::to_string(i) + "."));
  }

  for (const ph_req token : tokens) BOOST_TEST(answer(token).status == 200u);

  const std::string lines = folder.read("log");
  for (int i = 0; i < 200; ++i) {
    const std::string line = "n" + std::to_string(i) + ".\n";
    const std::size_t first = lines.find(line);
    BOOST_TEST_REQUIRE(first != std::string::npos, line);
    BOOST_TEST(lines.find(line, first + 1) == std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(recovers_from_ten_kills_in_a_row) {
  for (int i = 0; i < 10; ++i) {
    const auto [victim, pid] = hold("victim" + std::to_string(i));
    BOOST_TEST_REQUIRE(pid != 0);
    ::kill(pid, SIGKILL);
    BOOST_TEST(answer(victim).status == 502u);
  }

  BOOST_TEST(call("pool_handlers:squares", "numbers=5").body == R"({"squares":[25]})");
  BOOST_TEST(becomes_healthy());
}

BOOST_AUTO_TEST_CASE(replaces_a_worker_that_dies_idle) {
  const std::vector<pid_t> before = pool_workers();
  BOOST_TEST_REQUIRE(before.size() == 2u);

  for (const pid_t pid : before) ::kill(pid, SIGKILL);

  BOOST_TEST(wait_until([&] { return !pool().health().empty(); }));
  BOOST_TEST(becomes_healthy());
  BOOST_TEST(pool_workers().size() == 2u);
}

BOOST_AUTO_TEST_CASE(heals_when_the_fork_server_is_killed) {
  const auto [victim, pid] = hold("victim");
  const pid_t before = fork_server();
  BOOST_TEST_REQUIRE(before != 0);

  ::kill(before, SIGKILL);

  BOOST_TEST(answer(victim).status == 502u);
  BOOST_TEST(call("pool_handlers:squares", "numbers=6").body == R"({"squares":[36]})");
  BOOST_TEST(becomes_healthy());
  BOOST_TEST(fork_server() != before);
}

BOOST_AUTO_TEST_CASE(waits_for_descriptors_to_start_a_new_worker) {
  const pid_t victim = pool_workers().at(0);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{8, before.rlim_max};  // more are open; with less poll would refuse to work
  ::setrlimit(RLIMIT_NOFILE, &few);

  ::kill(victim, SIGKILL);
  const bool said_why =
      wait_until([&] { return pool().health().find("Too many open files") != std::string::npos; });
  ::setrlimit(RLIMIT_NOFILE, &before);

  BOOST_TEST(said_why);
  BOOST_TEST(becomes_healthy());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_shared_memory) {
  const auto entries = [] {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
      n += entry.path().filename().string().rfind("psm_", 0) == 0 ? 1 : 0;
    }
    return n;
  };

  const auto [victim, pid] = hold("victim");
  ::kill(pid, SIGKILL);
  answer(victim);

  BOOST_TEST(entries() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
