#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace plughost::config {

/// The bytes of the file, addressed by line and column (bytes, from 1).
///
/// Owner: load_yaml(). Threads: one.
class SourceText final {
 public:
  explicit SourceText(std::string text);

  std::string_view text() const { return text_; }
  std::string_view line(int number) const;  ///< without its line break; empty if there is none
  /// The byte's offset in text(); text().size() if the place is outside.
  std::size_t offset(SourcePosition position) const;
  SourcePosition position(std::size_t offset) const;

 private:
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

/// Reads the whole file.
///
/// Errors: throws StartError if it is missing, not readable, a directory, over 1 MiB, not
///         UTF-8, or holds a control character that YAML forbids.
SourceText read_source(const std::string& file);

}  // namespace plughost::config
