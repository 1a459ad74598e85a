#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::fuzz {

/// What libFuzzer gives, as choices first and text behind them.
///
/// Rationale: the choices are taken from the end, so that a corpus file is the readable text it
/// tests, and a cut stays where it is while the text in front of it changes.
class Input final {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// A number below limit (above 0); 0 when nothing is left.
  std::size_t choose(std::size_t limit) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.back());
    rest_.remove_suffix(1);
    return byte % limit;
  }

  std::string_view text() const { return rest_; }

 private:
  std::string_view rest_;
};

/// text in up to 8 pieces, cut where input chooses (the whole text is what is left of it after).
inline std::vector<std::string_view> cut(Input& input) {
  const std::size_t n_cuts = input.choose(8);
  std::vector<std::size_t> steps;
  for (std::size_t i = 0; i < n_cuts; ++i) steps.push_back(input.choose(256));
  std::vector<std::string_view> pieces;
  std::string_view rest = input.text();
  for (const std::size_t step : steps) {
    pieces.push_back(rest.substr(0, step));
    rest.remove_prefix(pieces.back().size());
  }
  pieces.push_back(rest);
  return pieces;
}

/// Ends the process as a finding.
[[noreturn]] inline void fail(std::string_view what, const std::string& one,
                              const std::string& other) {
  std::fprintf(stderr, "%.*s\n--- whole:\n%s\n--- cut:\n%s\n", static_cast<int>(what.size()),
               what.data(), one.c_str(), other.c_str());
  std::abort();
}

}  // namespace plughost::fuzz
