#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "routing/pattern.hpp"

namespace plughost::builtin {

/// Where a redirect leads: a path (`/new/{id}`) or an http or https URL, with parameters of the
/// route's pattern in its path, query or fragment.
///
/// The query of the request is kept: it goes behind the target's own. A target that ends in `?`
/// drops it.
///
/// Values of parameters are percent-encoded, so that they stay what they were: part of a segment
/// (`{x}`) or of a path (`{x:path}`). They never reach the host of a URL, and a path never becomes
/// one (`//host`), so that nobody can be sent elsewhere by a crafted request.
///
/// Threads: never changed; to_url() on [any].
class RedirectTarget final {
 public:
  /// Refuses: no leading '/', http:// or https://; `//`; a parameter the pattern does not have, or
  /// in the host; characters that a URL does not have.
  static Result<RedirectTarget> parse(std::string_view text, const routing::Pattern& pattern);

  /// values: those of the pattern's parameters, percent-decoded, in its order.
  std::string to_url(const std::vector<std::string>& values, std::string_view query) const;

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  struct Part {
    std::string text;               ///< as it is, before the value
    std::size_t parameter = kNone;  ///< whose value follows; kNone: none does
    bool keeps_slashes = false;     ///< the value is a path in a path
    bool in_path = true;
  };

  std::string add_parts(std::string_view text, const routing::Pattern& pattern);

  std::vector<Part> parts_;  // without fragment
  std::string fragment_;     // with its '#'
  bool is_path_ = false;
  bool has_query_ = false;
  bool drops_query_ = false;
};

}  // namespace plughost::builtin
