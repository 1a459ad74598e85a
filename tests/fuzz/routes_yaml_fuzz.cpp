// Any text is a routes.yaml or is refused with a place and a reason.
#include <sys/mman.h>
#include <unistd.h>

#include "config/yaml_loader.hpp"
#include "input.hpp"
#include "routing/route_builder.hpp"

using namespace plughost;

namespace {

std::string check_pattern(std::string_view text) {
  const auto pattern = routing::Pattern::parse(text);
  return pattern ? std::string() : pattern.error();
}

/// The loader reads files; this one is in memory.
class MemoryFile final {
 public:
  explicit MemoryFile(std::string_view text) : fd_(::memfd_create("routes.yaml", 0)) {
    if (fd_ < 0 || ::write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      std::abort();
    }
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const MemoryFile file(input.text());
  try {
    const auto config = config::load_yaml(file.path(), {check_pattern, {}, {}});
    routing::make_routes(config);
  } catch (const StartError& error) {
    if (error.lines().empty()) std::abort();
  }
  return 0;
}
