#include "json_object.hpp"

#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "long_number_stream.hpp"

namespace plughost::native {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

/// Follows the nesting and nothing else; refusing a container ends the parse before it recurses.
class DepthLimit final : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DepthLimit> {
 public:
  bool StartObject() { return ++depth_ <= kMaxJsonDepth; }
  bool StartArray() { return ++depth_ <= kMaxJsonDepth; }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

 private:
  unsigned depth_ = 0;
};

const char* reason_of(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorValueInvalid:
      return "a value is expected";
    case rapidjson::kParseErrorObjectMissName:
      return "a name in double quotes is expected";
    case rapidjson::kParseErrorObjectMissColon:
      return "a colon is expected after the name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or '}' is expected after a member";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or ']' is expected after an element";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "\\u is not followed by four hexadecimal digits";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "an escaped surrogate is not paired";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "this escape does not exist";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "a string is not closed";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "the text is not UTF-8";
    case rapidjson::kParseErrorNumberMissFraction:
      return "a digit is expected after the decimal point";
    case rapidjson::kParseErrorNumberMissExponent:
      return "a digit is expected in the exponent";
    default:
      return "the text is not JSON";
  }
}

/// RapidJSON has one code for some faults that a person would tell apart.
JsonFault fault_of(std::string_view text, const rapidjson::ParseResult& result) {
  const std::size_t byte = result.Offset();
  const rapidjson::ParseErrorCode code = result.Code();
  if (code == rapidjson::kParseErrorTermination) {  // DepthLimit, just past the bracket
    static_assert(kMaxJsonDepth == 128);
    return {byte - 1, "arrays and objects are nested deeper than 128 levels"};
  }
  if (byte >= text.size()) return {text.size(), "the body ends too early"};
  const bool in_string = code == rapidjson::kParseErrorStringEscapeInvalid ||
                         code == rapidjson::kParseErrorStringMissQuotationMark;
  if (in_string && static_cast<unsigned char>(text[byte]) < 0x20) {
    return {byte, "a control character in a string must be escaped"};
  }
  return {byte, reason_of(code)};
}

/// RapidJSON sees an unpaired high surrogate, and passes an unpaired low one. The text has already
/// been found well formed otherwise.
std::optional<JsonFault> find_unpaired_low_surrogate(std::string_view text) {
  constexpr std::size_t kEscape = 6;  // \uXXXX
  std::size_t at = text.find('\\');
  while (at != text.npos) {
    const std::string_view escape = text.substr(at, kEscape);
    const bool surrogate = escape[1] == 'u' && (escape[2] | 0x20) == 'd' && escape[3] > '7';
    if (surrogate && (escape[3] | 0x20) >= 'c') {
      return JsonFault{at, reason_of(rapidjson::kParseErrorStringUnicodeSurrogateInvalid)};
    }
    std::size_t length = escape[1] == 'u' ? kEscape : 2;
    if (surrogate) length += kEscape;
    at = text.find('\\', at + length);
  }
  return std::nullopt;
}

/// Where the value that starts the text ends; result says whether there is one.
struct Parsed {
  rapidjson::ParseResult result;
  std::size_t end;
};

template <class Stream>
Parsed parse(Stream stream) {
  DepthLimit depth;
  rapidjson::Reader reader;
  const rapidjson::ParseResult result =
      reader.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseStopWhenDoneFlag>(
          stream, depth);
  return {result, stream.Tell()};
}

}  // namespace

std::optional<JsonFault> find_json_object_fault(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == text.npos) return JsonFault{text.size(), "the body holds no value"};
  if (text[first] != '{') return JsonFault{first, "an object must start with '{'"};

  Parsed parsed = parse(rapidjson::MemoryStream(text.data(), text.size()));
  if (parsed.result.Code() == rapidjson::kParseErrorNumberTooBig) {
    parsed = parse(LongNumberStream(text));
  }
  if (parsed.result.IsError()) return fault_of(text, parsed.result);
  // RapidJSON takes a NUL for the end of its input, so what follows is looked at here.
  const std::size_t rest = text.find_first_not_of(kWhiteSpace, parsed.end);
  if (rest != text.npos) return JsonFault{rest, "something follows the object"};
  return find_unpaired_low_surrogate(text);
}

}  // namespace plughost::native
