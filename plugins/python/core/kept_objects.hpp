#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/py_ref.hpp"

namespace plughost::python {

/// Python objects that stand for texts which come again and again: names of headers, methods.
///
/// Threads: GIL held, destruction included; make must not let another thread in.
/// Limits:  kept while there are fewer than kMost, of texts shorter than kLength; the rest is made
///          anew each time.
class KeptObjects final {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr std::size_t kLength = 64;

  /// What make(text) gave. Empty: a Python error is set.
  template <typename Make>
  PyRef get(std::string_view text, Make make) {
    const auto found = known_.find(text);
    if (found != known_.end()) return found->second;
    PyRef made = make(text);
    if (made && known_.size() < kMost && text.size() < kLength) {
      known_.emplace(std::string(text), made);
    }
    return made;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::unordered_map<std::string, PyRef, Hash, std::equal_to<>> known_;
};

}  // namespace plughost::python
