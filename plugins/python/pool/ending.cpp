#include "pool/ending.hpp"

#include <signal.h>

#include <cstring>
#include <fstream>

namespace plughost::python::pool {
namespace {

/// The number behind `key ` in a file of such lines.
std::optional<std::uint64_t> read_counter(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == key) return value;
  }
  return std::nullopt;
}

/// Where this process stands among control groups of version 2; empty: nowhere.
std::string control_group() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("0::", 0) == 0) return "/sys/fs/cgroup" + line.substr(3);
  }
  return {};
}

bool is_crash(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE ||
         number == SIGABRT;
}

}  // namespace

std::string Ending::text() const {
  if (!code) return "of unknown cause (the fork server may have died too)";
  if (*code >= 0) return "with exit code " + std::to_string(*code);
  const char* const name = ::sigabbrev_np(-*code);
  const std::string number = std::to_string(-*code);
  return "of signal " + number + (name == nullptr ? "" : std::string(" (SIG") + name + ")");
}

std::string Ending::cause(bool oom) const {
  if (!code) return {};
  if (*code >= 0) return "something called os._exit() or ended the process from C code";
  if (is_crash(-*code)) {
    return "it crashed in C code; the Python stack it was in is in the log before this line";
  }
  if (*code != -SIGKILL) return {};
  return oom ? "the kernel ran out of memory: give the pool fewer workers, or 'recycle' with 'rss'"
             : "somebody killed it; it was not this server, nor the kernel for lack of memory";
}

std::uint64_t oom_kills() {
  const std::string group = control_group();
  if (!group.empty()) {
    if (const auto count = read_counter(group + "/memory.events", "oom_kill")) return *count;
  }
  return read_counter("/proc/vmstat", "oom_kill").value_or(0);
}

}  // namespace plughost::python::pool
