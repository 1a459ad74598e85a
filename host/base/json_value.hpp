#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace plughost::json {

struct Member;

/// A parsed JSON value. Numbers are kept as they are written, so that no digit is lost.
struct Value {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  std::string text;  ///< of null, booleans and numbers as written; of strings what they say
  std::vector<Value> items;
  std::vector<Member> members;  ///< in order; names may be there twice
};

struct Member {
  std::string name;
  Value value;
};

/// Errors: a sentence with the byte where the text stops being JSON; so for text that is not UTF-8.
/// Limits: 64 levels.
Result<Value> parse(std::string_view text);

}  // namespace plughost::json
