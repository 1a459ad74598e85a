#include "net/inherited_sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace plughost::net {
namespace {

constexpr int kFirst = 3;     // SD_LISTEN_FDS_START
constexpr long kMost = 1024;  // more is no number of sockets but a mistake

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  const std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

std::optional<long> to_number(std::string_view text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Cuts the first name off a list that has one between colons for each socket.
std::string take_name(std::string_view& names) {
  const std::size_t colon = names.find(':');
  const std::string name(names.substr(0, colon));
  names.remove_prefix(colon == std::string_view::npos ? names.size() : colon + 1);
  return name.empty() ? "unknown" : name;
}

}  // namespace

std::vector<InheritedSocket> take_inherited_sockets() {
  const auto pid = to_number(take_variable("LISTEN_PID"));
  const auto count = to_number(take_variable("LISTEN_FDS"));
  const std::string all_names = take_variable("LISTEN_FDNAMES");
  if (pid != static_cast<long>(::getpid()) || !count || *count > kMost) return {};

  std::vector<InheritedSocket> sockets;
  std::string_view names = all_names;
  for (int fd = kFirst; fd < kFirst + *count; ++fd) {
    std::string name = take_name(names);
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) sockets.push_back({fd, std::move(name)});
  }
  return sockets;
}

}  // namespace plughost::net
