#include "config/suggestions.hpp"

#include <algorithm>
#include <cstddef>

namespace plughost::config {
namespace {

/// Longer words are not compared; the work grows with the square.
constexpr std::size_t kLongestWord = 100;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(char a, char b) { return lower(a) == lower(b); }

/// Optimal string alignment: edits, with a swap of neighbours as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_up(b.size() + 1);
  std::vector<std::size_t> up(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_up.swap(up);
    up.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = up[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({replaced, up[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

template <typename Words>
std::string_view nearest_of(std::string_view word, const Words& words) {
  std::string_view best;
  std::size_t best_distance = 0;
  if (word.empty() || word.size() > kLongestWord) return best;
  for (const std::string_view candidate : words) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const std::size_t found = distance(word, candidate);
    if (found > allowed || found >= candidate.size()) continue;
    if (best.empty() || found < best_distance) {
      best = candidate;
      best_distance = found;
    }
  }
  return best;
}

std::string as_question(std::string_view word) {
  return word.empty() ? "" : " (did you mean '" + std::string(word) + "'?)";
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> words) {
  return nearest_of(word, words);
}

std::string_view nearest(std::string_view word, const std::vector<std::string>& words) {
  return nearest_of(word, words);
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> words) {
  return as_question(nearest_of(word, words));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words) {
  return as_question(nearest_of(word, words));
}

}  // namespace plughost::config
