#include "process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>

#include "admin_server.hpp"
#include "base/log.hpp"

namespace plughost {

unsigned io_threads(const config::Config& config) {
  return config.threads.io > 0
             ? config.threads.io
             : std::clamp(std::thread::hardware_concurrency(), 1u, config::kMaxIoThreads);
}

config::Config within_descriptor_limit(config::Config config) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return config;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t reserve = 64 + config::kTurnedAwayAtOnce +
                              16 * std::size_t{io_threads(config)} +
                              (config.admin ? AdminServer::kConnections : 0);
  const std::size_t most =
      limit.rlim_cur > 2 * reserve ? limit.rlim_cur - reserve : limit.rlim_cur / 2;
  if (config.limits.connections > most) {
    log::warn("limits.connections is " + std::to_string(config.limits.connections) +
              " but the descriptor limit leaves room for " + std::to_string(most) +
              ", which is used; raise it with ulimit -n");
    config.limits.connections = most;
  }
  return config;
}

int take_stdout() {
  const int real = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return real;
}

}  // namespace plughost
