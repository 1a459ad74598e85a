#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace plughost::routing {

/// What a pattern says of the host: a name, or `*.` and a name for one label in front of it.
struct HostPattern {
  std::string name;  ///< lower case, without a dot at its end; empty: any host
  bool is_wildcard = false;

  /// text: what stands before the path in a pattern.
  /// Refuses: what no client sends as a host, a port, a name without a dot (write `name.` for it).
  static Result<HostPattern> parse(std::string_view text);

  friend bool operator==(const HostPattern&, const HostPattern&) = default;
};

/// The host that a request names, made fit for a comparison: lower case, without port and without
/// a dot at its end (RFC 3986 section 3.2.2).
///
/// Limits: a name longer than 255 bytes, which DNS does not have, is no host at all.
class HostName final {
 public:
  explicit HostName(std::string_view host_and_port);

  std::string_view text() const { return {buffer_.data(), size_}; }
  /// What follows the first label and its dot; empty if there is no such thing.
  std::string_view parent() const;

 private:
  std::array<char, 255> buffer_;
  std::size_t size_ = 0;
};

}  // namespace plughost::routing
