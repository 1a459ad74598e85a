#include "base/json_value.hpp"

#include <rapidjson/encodedstream.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstddef>
#include <utility>

namespace plughost::json {
namespace {

constexpr std::size_t kMaxDepth = 64;

using Kind = Value::Kind;

/// Builds the value out of the reader's events; false ends the reading.
class Builder final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  bool Null() { return put({Kind::null, "null", {}, {}}); }
  bool Bool(bool value) { return put({Kind::boolean, value ? "true" : "false", {}, {}}); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return put({Kind::number, std::string(text, length), {}, {}});
  }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return put({Kind::string, std::string(text, length), {}, {}});
  }
  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    open_.back().members.push_back({std::string(text, length), {}});
    return true;
  }
  bool StartObject() { return open({Kind::object, "", {}, {}}); }
  bool StartArray() { return open({Kind::array, "", {}, {}}); }
  bool EndObject(rapidjson::SizeType /*count*/) { return close(); }
  bool EndArray(rapidjson::SizeType /*count*/) { return close(); }

  Value take() { return std::move(root_); }

 private:
  bool open(Value value) {
    open_.push_back(std::move(value));
    return open_.size() <= kMaxDepth;
  }

  bool close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return put(std::move(value));
  }

  bool put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().kind == Kind::array) {
      open_.back().items.push_back(std::move(value));
    } else {
      open_.back().members.back().value = std::move(value);
    }
    return true;
  }

  std::vector<Value> open_;
  Value root_;
};

std::string reason(const rapidjson::ParseResult& result) {
  if (result.Code() == rapidjson::kParseErrorTermination) {
    return "nested in more than " + std::to_string(kMaxDepth) + " levels";
  }
  return rapidjson::GetParseError_En(result.Code());
}

}  // namespace

Result<Value> parse(std::string_view text) {
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream bytes(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
  Builder builder;
  rapidjson::Reader reader;
  const auto result = reader.Parse<kFlags>(stream, builder);
  if (!result.IsError()) return builder.take();
  return Result<Value>::failure("at byte " + std::to_string(result.Offset()) + ": " +
                                reason(result));
}

}  // namespace plughost::json
