#include "plugin/route_to_bind.hpp"

#include "plugin/abi_text.hpp"

namespace plughost::plugin {
namespace {

std::vector<ph_str> views_of(const std::vector<std::string>& texts) {
  std::vector<ph_str> views;
  views.reserve(texts.size());
  for (const auto& text : texts) views.push_back(to_abi(text));
  return views;
}

}  // namespace

RouteToBind::RouteToBind(const config::Route& settings, const routing::Route& route)
    : handler_(settings.handler),
      options_json_(settings.options_json),
      pattern_(route.pattern),
      methods_(route.methods),
      param_views_(views_of(pattern_.parameters())),
      method_views_(views_of(methods_)) {
  raw_.size = sizeof raw_;
  raw_.handler = to_abi(handler_);
  raw_.config_json = to_abi(options_json_);
  raw_.pattern = to_abi(pattern_.text());
  raw_.mount = to_abi(pattern_.mount());
  raw_.params = param_views_.data();
  raw_.n_params = param_views_.size();
  raw_.methods = method_views_.data();
  raw_.n_methods = method_views_.size();
}

}  // namespace plughost::plugin
