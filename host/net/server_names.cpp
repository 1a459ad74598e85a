#include "net/server_names.hpp"

#include <algorithm>

namespace plughost::net {
namespace {

std::string normal(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

}  // namespace

bool ServerNames::add(std::string_view name, std::size_t certificate) {
  auto text = normal(name);
  if (text.starts_with("*.")) return below_.emplace(text.substr(1), certificate).second;
  return whole_.emplace(std::move(text), certificate).second;
}

std::optional<std::size_t> ServerNames::find(std::string_view name) const {
  const auto text = normal(name);
  if (const auto found = whole_.find(text); found != whole_.end()) return found->second;
  const auto dot = text.find('.');
  if (dot == 0 || dot == std::string::npos) return std::nullopt;
  const auto found = below_.find(text.substr(dot));
  return found == below_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace plughost::net
