#pragma once

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace plughost::config {

/// Collects the mistakes of one file, so that one run reports them all.
///
/// Owner: load_yaml(), read_offered_route(). Threads: one.
class Problems final {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(SourcePosition position, std::string message) {
    diagnostics_.push_back({file_, position, std::move(message)});
  }

  /// All of them, in file order.
  std::vector<Diagnostic> take() {
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                     [](const Diagnostic& a, const Diagnostic& b) {
                       return std::tie(a.position.line, a.position.column) <
                              std::tie(b.position.line, b.position.column);
                     });
    return std::exchange(diagnostics_, {});
  }

  /// Errors: throws StartError with all of them, in file order.
  void throw_if_any() {
    if (!diagnostics_.empty()) throw StartError(ExitCode::refused, take());
  }

 private:
  std::string file_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace plughost::config
