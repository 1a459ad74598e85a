#include "config/keys.hpp"

#include <algorithm>
#include <type_traits>

#include "config/quote.hpp"
#include "config/suggestions.hpp"
#include "config/units.hpp"

namespace plughost::config {
namespace {

static_assert(std::is_same_v<std::size_t, std::uint64_t>, "limits are read as 64-bit counts");

std::string list_names(const std::vector<std::string>& names, const char* last = " and ") {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += &name == &names.back() ? last : ", ";
    list += name;
  }
  return list;
}

void report_unknown(const Node& key, const std::string& place, const std::vector<Key>& keys,
                    Problems& problems) {
  std::vector<std::string> names;
  for (const Key& known : keys) names.emplace_back(known.name);
  const std::string question = did_you_mean(key.text, names);
  problems.add(key.position,
               "unknown key " + quote(key.text) + place +
                   (question.empty() ? "; there are " + list_names(names) : question));
}

/// A number or duration within its range, with the range as a person would write it.
template <typename T>
void store(const Node& node, const Result<T>& value, T least, T most, T& target,
           std::string (*format)(T), Problems& problems) {
  if (!value) return problems.add(node.position, value.error());
  if (value.value() < least) {
    problems.add(node.position, quote(node.text) + " is too small; at least " + format(least));
  } else if (value.value() > most) {
    problems.add(node.position, quote(node.text) + " is too large; at most " + format(most));
  } else {
    target = value.value();
  }
}

std::string format_count(std::uint64_t count) { return std::to_string(count); }

}  // namespace

void read_mapping(const Node& node, const std::string& place, const std::vector<Key>& keys,
                  const std::vector<std::string>& later, Problems& problems) {
  if (node.refused || node.is_null()) return;
  if (node.kind != NodeKind::mapping) {
    std::vector<std::string> names;
    for (const Key& key : keys) names.emplace_back(key.name);
    return problems.add(node.position,
                        "expected a mapping" + place + " with keys like " + list_names(names));
  }
  for (const Entry& entry : node.entries) {
    const auto known = std::find_if(keys.begin(), keys.end(),
                                    [&](const Key& key) { return key.name == entry.key.text; });
    if (known != keys.end()) {
      known->read(entry.value);
    } else if (std::find(later.begin(), later.end(), entry.key.text) != later.end()) {
      problems.add(entry.key.position,
                   quote(entry.key.text) + place + " is not supported in this version; remove it");
    } else {
      report_unknown(entry.key, place, keys, problems);
    }
  }
}

const std::string* scalar_text(const Node& node, const std::string& what, Problems& problems) {
  if (node.refused) return nullptr;
  if (node.kind != NodeKind::scalar) {
    problems.add(node.position, std::string("expected ") + what + ", not a " +
                                    (node.kind == NodeKind::list ? "list" : "mapping"));
    return nullptr;
  }
  if (node.is_null() || node.text.empty()) {
    problems.add(node.position, "expected " + what +
                                    ", but there is nothing; write one or remove "
                                    "the key");
    return nullptr;
  }
  return &node.text;
}

std::optional<std::size_t> read_choice(const Node& node, const std::string& what,
                                       const std::vector<std::string>& choices,
                                       Problems& problems) {
  const std::string* text = scalar_text(node, what + " like " + choices.front(), problems);
  if (text == nullptr) return std::nullopt;
  const auto found = std::find(choices.begin(), choices.end(), *text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  problems.add(node.position, quote(*text) + " is not " + what + "; write " +
                                  list_names(choices, " or ") + did_you_mean(*text, choices));
  return std::nullopt;
}

Reader flag_into(bool& target, Problems& problems) {
  return [&target, &problems](const Node& node) {
    const std::string* text = scalar_text(node, "true or false", problems);
    if (text == nullptr) return;
    if (*text != "true" && *text != "false") {
      return problems.add(node.position, quote(*text) + " is neither true nor false");
    }
    target = *text == "true";
  };
}

Reader duration_into(milliseconds& target, milliseconds least, Problems& problems) {
  return [&target, least, &problems](const Node& node) {
    if (const std::string* text = scalar_text(node, "a duration like 30s", problems)) {
      store(node, parse_duration(*text), least, milliseconds::max(), target, &format_duration,
            problems);
    }
  };
}

Reader size_into(std::uint64_t& target, std::uint64_t least, std::uint64_t most,
                 Problems& problems) {
  return [&target, least, most, &problems](const Node& node) {
    if (const std::string* text = scalar_text(node, "a size like 16KiB", problems)) {
      store(node, parse_size(*text), least, most, target, &format_size, problems);
    }
  };
}

Reader count_into(std::uint64_t& target, std::uint64_t least, std::uint64_t most,
                  Problems& problems) {
  return [&target, least, most, &problems](const Node& node) {
    if (const std::string* text = scalar_text(node, "a whole number", problems)) {
      store(node, parse_count(*text), least, most, target, &format_count, problems);
    }
  };
}

Reader count_into(unsigned& target, unsigned least, unsigned most, Problems& problems) {
  return [&target, least, most, &problems](const Node& node) {
    std::uint64_t wide = target;
    count_into(wide, least, most, problems)(node);
    target = static_cast<unsigned>(wide);
  };
}

}  // namespace plughost::config
