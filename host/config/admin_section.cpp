#include <string>
#include <utility>

#include "config/admin_address.hpp"
#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"

namespace plughost::config {

Result<std::optional<ListenAddress>> parse_admin_address(const std::string& text,
                                                         const std::filesystem::path& folder) {
  using Parsed = Result<std::optional<ListenAddress>>;
  if (text == "none") return Parsed(std::nullopt);
  auto address = parse_listen_address(text);
  if (!address) return Parsed::failure(address.error());
  if (address.value().kind == ListenAddress::Kind::inherited) {
    return Parsed::failure(quote(text) +
                           " is for `listen`; write an address like 127.0.0.1:8001, unix:PATH or "
                           "none");
  }
  const std::string mistake = place_unix_socket(address.value(), folder);
  if (!mistake.empty()) return Parsed::failure(mistake);
  address.value().setting = kAdminSetting;
  return std::optional(std::move(address.value()));
}

std::string find_admin_clash(const Config& config) {
  if (!config.admin || find_repeated(config.listen, *config.admin).empty()) return "";
  return quote(to_string(*config.admin)) +
         " is the address of the admin pages too; set `admin` to another one, or to none";
}

void read_admin(const Node& node, Config& config, Problems& problems) {
  const std::string* text = scalar_text(node, "an address like 127.0.0.1:8001, or none", problems);
  if (text == nullptr) return;
  auto parsed = parse_admin_address(*text, config.directory);
  if (!parsed) return problems.add(node.position, parsed.error());
  config.admin = std::move(parsed.value());
  if (config.admin) config.admin->position = node.position;
}

}  // namespace plughost::config
