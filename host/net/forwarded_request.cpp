#include "net/forwarded_request.hpp"

#include <algorithm>

#include "http/forwarded.hpp"

namespace plughost::net {
namespace {

bool contains(const config::Proxies& proxies, const IpAddress& address) {
  return std::any_of(proxies.trusted.begin(), proxies.trusted.end(),
                     [&](const IpNetwork& network) { return network.contains(address); });
}

}  // namespace

bool is_trusted(const config::Proxies& proxies, const dispatch::Endpoint& client) {
  if (client.text.empty()) return proxies.trusts_unix;
  const auto address = IpAddress::parse(client.text);
  return address && contains(proxies, *address);
}

void apply_forwarded(const config::Proxies& proxies, dispatch::Request& request) {
  const auto trusted = [&](const IpAddress& address) { return contains(proxies, address); };
  const auto said = proxies.uses_standard_field ? http::read_forwarded(request.message, trusted)
                                                : http::read_x_forwarded(request.message, trusted);
  if (said.client) {
    request.client = std::make_shared<const dispatch::Endpoint>(
        dispatch::Endpoint{said.client->text(), said.client_port});
  }
  request.forwarded_scheme = said.scheme;
  if (!said.host.empty()) request.message.host = said.host;
}

}  // namespace plughost::net
