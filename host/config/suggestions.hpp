#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::config {

/// The word that was probably meant by one that is not among them; empty if none is near.
///
/// Near is a third of the longer word's length in insertions, deletions, replacements and swaps of
/// neighbours, and at least one; case costs nothing.
std::string_view nearest(std::string_view word, std::span<const std::string_view> words);
std::string_view nearest(std::string_view word, const std::vector<std::string>& words);

/// ` (did you mean 'x'?)`, or nothing if no word is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> words);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& words);

}  // namespace plughost::config
