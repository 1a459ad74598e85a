// A path pattern parses or is refused with a reason; what parses can be matched.
#include "input.hpp"
#include "routing/route_table.hpp"

using namespace plughost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.text();
  const std::size_t end = text.find('\n');
  const auto pattern = routing::Pattern::parse(text.substr(0, end));
  if (!pattern) {
    if (pattern.error().empty()) std::abort();
    return 0;
  }
  // The other line is the path: any that the request parser lets through.
  std::string path(end == std::string_view::npos ? "/" : text.substr(end + 1));
  if (path.empty() || path.front() != '/' || path.find('%') != std::string::npos) return 0;
  routing::Route route{};
  route.pattern = pattern.value();
  const routing::RouteTable table("fuzz", {std::move(route)});
  routing::Match match;
  table.match("GET", "api.example.com", path, match);
  const bool found = match.kind == routing::MatchKind::found;
  if (found != (match.route != nullptr)) std::abort();
  if (found && match.params.size() != match.route->pattern.parameters().size()) std::abort();
  return 0;
}
