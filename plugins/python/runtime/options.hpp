#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::python {

/// Reads one JSON object of configuration: what it does not know, it refuses.
///
/// Owner:   the caller keeps the rapidjson value alive.
/// Errors:  every member throws BindError whose key is the JSON pointer of the member at fault.
class Options final {
 public:
  /// pointer: where this object stands in the whole configuration ("" is the root).
  Options(const rapidjson::Value& object, std::string pointer);

  /// Refuses members outside known. A member of later is "not supported in this version"; for any
  /// other the nearest known name is suggested.
  void allow(const std::vector<std::string_view>& known,
             const std::vector<std::string_view>& later) const;

  /// Null when the member is absent.
  const rapidjson::Value* find(std::string_view name) const;

  std::size_t count(std::string_view name, std::size_t fallback, std::size_t low,
                    std::size_t high) const;
  bool flag(std::string_view name, bool fallback) const;
  std::string text(std::string_view name, std::string_view fallback) const;
  /// A duration or size as units.hpp says, above 0.
  std::chrono::milliseconds duration(std::string_view name,
                                     std::chrono::milliseconds fallback) const;
  std::uint64_t size(std::string_view name, std::uint64_t fallback) const;
  /// A list of texts, none of them empty.
  std::vector<std::string> texts(std::string_view name, std::vector<std::string> fallback) const;
  /// The object called name; an empty one when it is absent.
  Options child(std::string_view name) const;

  /// The names of all members, in their order.
  std::vector<std::string> names() const;

  std::string pointer_to(std::string_view name) const;

 private:
  const rapidjson::Value& object_;
  std::string pointer_;
};

/// Parses JSON that must be an object; empty text counts as {}.
rapidjson::Document parse_object(std::string_view json);

/// The candidate that someone who typed word most likely meant; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace plughost::python
