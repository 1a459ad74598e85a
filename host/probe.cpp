#include "probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <system_error>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"

namespace plughost {
namespace {

constexpr int kLookMs = 20;
constexpr std::size_t kMostText = 64 * 1024;  // of what it says; the rest is read and dropped

struct Child {
  pid_t pid;
  FileDescriptor said;  // its stderr
};

Child start_check(const std::string& file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDERR_FILENO);
  // It listens nowhere; what flags say of addresses here is not known there.
  std::string command[] = {"plughost", "check", "-c", file, "--admin", "none"};
  std::array<char*, std::size(command) + 1> arguments{};
  std::ranges::transform(command, arguments.begin(), [](std::string& word) { return word.data(); });
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, arguments.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), "plughost check");
  return {pid, std::move(reading)};
}

/// Appends what can be read within a moment.
void listen_to(const FileDescriptor& pipe, std::string& text) {
  pollfd watched{pipe.get(), POLLIN, 0};
  if (::poll(&watched, 1, kLookMs) <= 0) return;
  std::array<char, 4096> chunk;
  const auto count = ::read(pipe.get(), chunk.data(), chunk.size());
  if (count > 0 && text.size() < kMostText)
    text.append(chunk.data(), static_cast<std::size_t>(count));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

/// How it ended, if not by refusing what it checked; empty: it did just that.
std::string strange_end(int status) {
  const auto refused = static_cast<int>(ExitCode::refused);
  const auto cannot_listen = static_cast<int>(ExitCode::cannot_listen);
  if (WIFSIGNALED(status)) {
    return std::string("was ended by signal ") + std::to_string(WTERMSIG(status)) + " (" +
           ::strsignal(WTERMSIG(status)) + ")";
  }
  const int code = WEXITSTATUS(status);
  if (code == refused || code == cannot_listen) return "";
  return "ended with exit code " + std::to_string(code);
}

}  // namespace

std::vector<std::string> probe(const std::string& file, const std::function<bool()>& given_up) {
  const Child child = start_check(file);
  std::string text;
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child.pid, &status, WNOHANG)) == 0) {
    if (given_up()) ::kill(child.pid, SIGKILL);
    listen_to(child.said, text);
  }
  if (ended < 0) return {"the end of 'plughost check' was taken by another wait() in this process"};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};

  for (auto before = text.size() + 1; before != text.size();) {
    before = text.size();
    listen_to(child.said, text);
  }
  auto lines = lines_of(text);
  const auto strange = strange_end(status);
  if (!strange.empty()) {
    lines.push_back("'plughost check -c " + file +
                    "', which loads everything in a process of its "
                    "own first, " +
                    strange);
  }
  return lines;
}

}  // namespace plughost
