#include "admin/pages.hpp"

#include <string>
#include <utility>

#include "admin/page.hpp"
#include "metrics/exposition.hpp"
#include "routing/route_builder.hpp"

namespace plughost::admin {
namespace {

constexpr const char* kPlainText = "text/plain; charset=utf-8";

Page::Text readiness_text(const Readiness& readiness) {
  const auto reasons = readiness.reasons();
  if (reasons.empty()) return {200, "ready\n"};
  std::string text;
  for (const auto& reason : reasons) text += reason + '\n';
  return {503, text};
}

}  // namespace

Pages::Pages(dispatch::Responder& responder, const Readiness& readiness,
             std::function<metrics::Families()> metrics) {
  const auto add = [&](const char* path, const char* type, Page::Thread thread,
                       std::function<Page::Text()> make) {
    entries_.push_back({path, std::make_unique<Page>(responder, type, thread, std::move(make))});
  };
  add("/livez", kPlainText, Page::Thread::io, [] { return Page::Text{200, "alive\n"}; });
  // A plugin that hangs in health() must not keep the other pages.
  add("/readyz", kPlainText, Page::Thread::executor,
      [&readiness] { return readiness_text(readiness); });
  add("/metrics", metrics::kTextType, Page::Thread::io, [metrics = std::move(metrics)] {
    return Page::Text{200, metrics::to_text(metrics())};
  });
}

std::shared_ptr<const routing::RouteTable> Pages::make_table(config::Config config) const {
  for (const Entry& entry : entries_) {
    config::Route& route = config.routes.emplace_back();
    route.methods = {"GET"};
    route.pattern = entry.path;
    route.timeout = config.timeout;
    route.body = config.limits.body;
  }
  auto routes = routing::make_routes(config);
  for (std::size_t i = 0; i < routes.size(); ++i) routes[i].handler = entries_[i].handler.get();
  return std::make_shared<const routing::RouteTable>(config.file, std::move(routes));
}

}  // namespace plughost::admin
