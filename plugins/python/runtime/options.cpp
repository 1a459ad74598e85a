#include "runtime/options.hpp"

#include <rapidjson/error/en.h>

#include <algorithm>
#include <numeric>

#include "core/target.hpp"
#include "runtime/units.hpp"

namespace plughost::python {
namespace {

const rapidjson::Value kEmptyObject(rapidjson::kObjectType);

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string_view view(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

/// A bare number or a text; anything else is no quantity.
std::string quantity(const rapidjson::Value& value) {
  if (value.IsUint64()) return std::to_string(value.GetUint64());
  return value.IsString() ? std::string(view(value)) : std::string();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

rapidjson::Document parse_object(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.empty() ? "{}" : json.data(),
                                                 json.empty() ? 2 : json.size());
  if (document.HasParseError()) {
    throw BindError("", std::string("the configuration is not JSON: ") +
                            rapidjson::GetParseError_En(document.GetParseError()));
  }
  if (!document.IsObject()) throw BindError("", "the configuration must be a mapping");
  return document;
}

Options::Options(const rapidjson::Value& object, std::string pointer)
    : object_(object), pointer_(std::move(pointer)) {}

void Options::allow(const std::vector<std::string_view>& known,
                    const std::vector<std::string_view>& later) const {
  const auto contains = [](const auto& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& member : object_.GetObject()) {
    const std::string_view name = view(member.name);
    if (contains(known, name)) continue;
    if (contains(later, name)) {
      throw BindError(pointer_to(name), quoted(name) + " is not supported in this version");
    }
    const std::string_view meant = nearest(name, known);
    const std::string hint = meant.empty() ? "" : " (did you mean " + quoted(meant) + "?)";
    throw BindError(pointer_to(name), "unknown key " + quoted(name) + hint);
  }
}

const rapidjson::Value* Options::find(std::string_view name) const {
  const rapidjson::Value key(rapidjson::StringRef(name.data(), name.size()));
  const auto member = object_.FindMember(key);
  return member == object_.MemberEnd() ? nullptr : &member->value;
}

std::size_t Options::count(std::string_view name, std::size_t fallback, std::size_t low,
                           std::size_t high) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->IsUint64() || value->GetUint64() < low || value->GetUint64() > high) {
    throw BindError(pointer_to(name), quoted(name) + " must be a whole number from " +
                                          std::to_string(low) + " to " + std::to_string(high));
  }
  return value->GetUint64();
}

bool Options::flag(std::string_view name, bool fallback) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->IsBool()) throw BindError(pointer_to(name), quoted(name) + " must be true or false");
  return value->GetBool();
}

std::string Options::text(std::string_view name, std::string_view fallback) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr) return std::string(fallback);
  if (!value->IsString()) throw BindError(pointer_to(name), quoted(name) + " must be a text");
  return std::string(view(*value));
}

std::chrono::milliseconds Options::duration(std::string_view name,
                                            std::chrono::milliseconds fallback) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr) return fallback;
  const auto duration = parse_duration(quantity(*value));
  if (!duration || duration->count() == 0) {
    throw BindError(
        pointer_to(name),
        quoted(name) + " must be a duration above 0: a whole number with ms, s, m or h");
  }
  return *duration;
}

std::uint64_t Options::size(std::string_view name, std::uint64_t fallback) const {
  const rapidjson::Value* value = find(name);
  if (value == nullptr) return fallback;
  const auto size = parse_size(quantity(*value));
  if (!size || *size == 0) {
    throw BindError(pointer_to(name),
                    quoted(name) + " must be a size above 0: a whole number with KiB, MiB or GiB");
  }
  return *size;
}

std::vector<std::string> Options::texts(std::string_view name,
                                        std::vector<std::string> fallback) const {
  const rapidjson::Value* list = find(name);
  if (list == nullptr) return fallback;
  if (!list->IsArray()) throw BindError(pointer_to(name), quoted(name) + " must be a list");
  std::vector<std::string> texts;
  for (const auto& item : list->GetArray()) {
    if (!item.IsString() || item.GetStringLength() == 0) {
      throw BindError(pointer_to(name) + "/" + std::to_string(texts.size()),
                      "an item of " + quoted(name) + " must be a text that is not empty");
    }
    texts.emplace_back(view(item));
  }
  return texts;
}

Options Options::child(std::string_view name) const {
  const rapidjson::Value* value = find(name);
  if (value != nullptr && !value->IsObject()) {
    throw BindError(pointer_to(name), quoted(name) + " must be a mapping");
  }
  return Options(value == nullptr ? kEmptyObject : *value, pointer_to(name));
}

std::vector<std::string> Options::names() const {
  std::vector<std::string> names;
  for (const auto& member : object_.GetObject()) names.emplace_back(view(member.name));
  return names;
}

std::string Options::pointer_to(std::string_view name) const {
  std::string pointer = pointer_ + "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace plughost::python
