#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace plughost::net {

/// Which certificate belongs to the name that a client asks for (RFC 6066 section 3).
///
/// `*.` in front of a name stands for exactly one label (RFC 9525 section 6.3); a whole name beats
/// it. Case and the dot at the end do not matter.
///
/// Threads: add() before the first find(); find() on [any].
class ServerNames final {
 public:
  /// False, and nothing happens, if the name has a certificate already.
  bool add(std::string_view name, std::size_t certificate);
  std::optional<std::size_t> find(std::string_view name) const;

 private:
  using Map = std::unordered_map<std::string, std::size_t>;

  Map whole_;
  Map below_;  // of *.example.com the key is .example.com
};

}  // namespace plughost::net
