// A PROXY header is read the same whatever follows it, and waits for its end wherever it is cut.
#include "http/proxy_protocol.hpp"
#include "input.hpp"

using namespace plughost;
using Status = http::ProxyHeader::Status;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.text();
  const auto whole = http::read_proxy_header(text);
  if (whole.status != Status::complete) return 0;
  if (whole.size > text.size() || whole.size > http::kLongestProxyHeader) std::abort();
  if (whole.has_ends == whole.source.address.empty()) std::abort();
  for (std::size_t cut = 0; cut < whole.size; ++cut) {
    if (http::read_proxy_header(text.substr(0, cut)).status != Status::need_more) std::abort();
  }
  if (http::read_proxy_header(text.substr(0, whole.size)).size != whole.size) std::abort();
  return 0;
}
