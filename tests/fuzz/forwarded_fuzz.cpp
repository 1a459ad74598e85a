// Whatever a proxy's headers say, what is made of it is an address, a scheme and a host.
#include <algorithm>

#include "http/authority.hpp"
#include "http/forwarded.hpp"
#include "input.hpp"

using namespace plughost;

namespace {

void check(const http::Forwarded& said) {
  if (said.client && !IpAddress::parse(said.client->text())) std::abort();
  if (!said.client && said.client_port != 0) std::abort();
  if (!said.scheme.empty() && said.scheme != "http" && said.scheme != "https") std::abort();
  if (!said.host.empty() && !http::is_host_and_port(said.host)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kNames[] = {"forwarded", "x-forwarded-for", "x-forwarded-proto",
                                         "x-forwarded-host"};
  fuzz::Input input(data, size);
  const auto network = IpNetwork::parse("10.0.0.0/8");
  const auto is_trusted = [&](const IpAddress& address) { return network->contains(address); };
  // Each line is a field; its first byte says which.
  http::RequestMessage message;
  for (std::string_view rest = input.text(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    message.headers.push_back({kNames[static_cast<unsigned char>(line[0]) % 4], line.substr(1)});
  }
  check(http::read_x_forwarded(message, is_trusted));
  check(http::read_forwarded(message, is_trusted));
  return 0;
}
