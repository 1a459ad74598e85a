#pragma once

#include <signal.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace plughost::testing {

struct LivingProcess {
  pid_t pid;
  pid_t parent;
  pid_t session;
  std::string command;
};

/// Empty when the process has gone meanwhile: reading then fails.
inline std::string content_of(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

/// Every process but zombies.
inline std::vector<LivingProcess> living_processes() {
  std::vector<LivingProcess> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    const std::string stat = content_of(entry.path() / "stat");
    const std::size_t end_of_name = stat.rfind(')');
    if (end_of_name == std::string::npos) continue;
    std::istringstream fields(stat.substr(end_of_name + 1));
    char state = 0;
    LivingProcess process{static_cast<pid_t>(std::stol(name)), 0, 0, {}};
    pid_t group = 0;
    fields >> state >> process.parent >> group >> process.session;
    process.command = content_of(entry.path() / "cmdline");
    if (state != 'Z' && state != 'X') found.push_back(process);
  }
  return found;
}

inline std::size_t count_in_session(pid_t session) {
  std::size_t n = 0;
  for (const LivingProcess& process : living_processes()) n += process.session == session ? 1 : 0;
  return n;
}

/// The fork server started by this process; 0: none.
inline pid_t fork_server() {
  for (const LivingProcess& process : living_processes()) {
    if (process.parent == ::getpid() &&
        process.command.find("multiprocessing.forkserver") != std::string::npos) {
      return process.pid;
    }
  }
  return 0;
}

/// Its children: the pool's workers.
inline std::vector<pid_t> pool_workers() {
  std::vector<pid_t> workers;
  const pid_t server = fork_server();
  for (const LivingProcess& process : living_processes()) {
    if (server != 0 && process.parent == server) workers.push_back(process.pid);
  }
  return workers;
}

/// False: not true within the limit.
template <typename Predicate>
bool wait_until(Predicate predicate, std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace plughost::testing
