#include "metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace plughost::metrics {
namespace {

/// The fields of /proc/self/stat behind the name of the program, which may hold anything; the first
/// of them is the third of proc(5).
std::vector<std::string> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  return {std::istream_iterator<std::string>(fields), {}};
}

/// Seconds since 1970.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

void add(Families& families, Kind kind, const char* name, const char* help, double value) {
  families.push_back({kind, name, help, {}, {{{}, value, {}}}});
}

void add_stat(Families& families) {
  constexpr std::size_t kUserTime = 11, kSystemTime = 12, kStartTime = 19, kVirtual = 20,
                        kResident = 21;
  const auto stat = read_stat();
  if (stat.size() <= kResident) return;
  const auto field = [&stat](std::size_t index) { return std::stod(stat[index]); };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  add(families, Kind::counter, "process_cpu_seconds_total", "User and system time, in seconds.",
      (field(kUserTime) + field(kSystemTime)) / ticks);
  add(families, Kind::gauge, "process_start_time_seconds", "When it started, in Unix time.",
      boot_time() + field(kStartTime) / ticks);
  add(families, Kind::gauge, "process_virtual_memory_bytes", "Size of its address space.",
      field(kVirtual));
  add(families, Kind::gauge, "process_resident_memory_bytes", "Memory that it has in RAM.",
      field(kResident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
}

void add_descriptors(Families& families) {
  std::error_code failure;
  const std::filesystem::directory_iterator open("/proc/self/fd", failure);
  if (!failure) {
    // The one that reads the folder is among them, and gone afterwards.
    const auto count = std::distance(begin(open), end(open)) - 1;
    add(families, Kind::gauge, "process_open_fds", "Open file descriptors.",
        static_cast<double>(count));
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  add(families, Kind::gauge, "process_max_fds", "How many file descriptors may be open.",
      static_cast<double>(limit.rlim_cur));
}

}  // namespace

Families process_metrics() {
  Families families;
  add_stat(families);
  add_descriptors(families);
  return families;
}

}  // namespace plughost::metrics
