#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

/// How the values of known keys are read.
namespace plughost::config {

/// Reads the value of one key; what is wrong with it goes into the problems it was made with.
using Reader = std::function<void(const Node& value)>;

struct Key {
  std::string_view name;
  Reader read;
};

/// Reads a mapping whose keys are all known to the host, each at most once.
///
/// place: how a message names the mapping, like " in 'limits'"; "" at the top of the file.
/// later: keys that a later version has; refused by name. Nothing written stands for no keys.
void read_mapping(const Node& node, const std::string& place, const std::vector<Key>& keys,
                  const std::vector<std::string>& later, Problems& problems);

/// The scalar's text, or null after a problem was added: nothing written, a list, a mapping.
/// what: what should stand there, like "a duration".
const std::string* scalar_text(const Node& node, const std::string& what, Problems& problems);

/// The index of the scalar among the choices; nothing after a problem was added.
/// what: what one of them is, like "a log level".
std::optional<std::size_t> read_choice(const Node& node, const std::string& what,
                                       const std::vector<std::string>& choices, Problems& problems);

/// true or false.
Reader flag_into(bool& target, Problems& problems);
Reader duration_into(milliseconds& target, milliseconds least, Problems& problems);
Reader size_into(std::uint64_t& target, std::uint64_t least, std::uint64_t most,
                 Problems& problems);
Reader count_into(std::uint64_t& target, std::uint64_t least, std::uint64_t most,
                  Problems& problems);
Reader count_into(unsigned& target, unsigned least, unsigned most, Problems& problems);

}  // namespace plughost::config
