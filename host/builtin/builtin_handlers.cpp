#include "builtin/builtin_handlers.hpp"

#include <cstddef>
#include <utility>

#include "builtin/fixed_answer.hpp"
#include "builtin/redirect.hpp"
#include "builtin/static_files.hpp"

namespace plughost::builtin {

void BuiltinHandlers::bind(const config::Config& config, std::vector<routing::Route>& routes) {
  std::vector<Diagnostic> mistakes;
  const auto add = [this](routing::Route& route, std::unique_ptr<dispatch::Handler> handler) {
    route.handler = handlers_.emplace_back(std::move(handler)).get();
  };
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const config::Route& settings = config.routes[i];
    if (settings.respond) {
      add(routes[i], std::make_unique<FixedAnswer>(responder_, *settings.respond));
    } else if (settings.files) {
      add(routes[i], std::make_unique<StaticFiles>(responder_, *settings.files));
    } else if (settings.redirect) {
      auto target = RedirectTarget::parse(settings.redirect->target, routes[i].pattern);
      if (target) {
        add(routes[i], std::make_unique<Redirect>(responder_, std::move(target.value()),
                                                  settings.redirect->status));
      } else {
        mistakes.push_back({config.file, settings.target_position, target.error()});
      }
    }
  }
  if (!mistakes.empty()) throw StartError(ExitCode::refused, std::move(mistakes));
}

}  // namespace plughost::builtin
