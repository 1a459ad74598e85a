// Whatever a client asks for, a redirect is one header line, and a path stays on its host.
#include <algorithm>

#include "builtin/redirect_target.hpp"
#include "input.hpp"

using namespace plughost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto pattern = routing::Pattern::parse("/{a}/{b:path}").value();
  fuzz::Input input(data, size);
  // Target, the two values and the query, a line each.
  std::vector<std::string> lines(4);
  std::string_view rest = input.text();
  for (std::string& line : lines) {
    line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  const auto target = builtin::RedirectTarget::parse(lines[0], pattern);
  if (!target) {
    if (target.error().empty()) std::abort();
    return 0;
  }
  const std::string url = target.value().to_url({lines[1], lines[2]}, lines[3]);
  for (const char c : url) {
    if (c <= ' ' || c >= '\x7F') std::abort();
  }
  const bool is_path = lines[0].front() == '/';
  if (is_path && (url.front() != '/' || url.starts_with("//") || url.starts_with("/\\"))) {
    std::abort();
  }
  const std::string_view origin = std::string_view(lines[0]).substr(0, lines[0].find('/', 8));
  if (!is_path && lines[0].find_first_of("?#") == std::string::npos && !url.starts_with(origin)) {
    std::abort();
  }
  return 0;
}
