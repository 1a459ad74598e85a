#include <charconv>
#include <ctime>
#include <optional>
#include <plughost/sdk/sdk.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "json_object.hpp"

namespace plughost::native {
namespace {

/// The handlers that ship with plughost, in C++.
///
/// Threads: both handlers compute only and share nothing, so they run on the I/O threads, several
///          at once.
class NativePlugin final : public sdk::Plugin {
 public:
  NativePlugin(sdk::Host host, const sdk::Options& config) : Plugin(host) {
    config.refuse_all();
    add_handler("hello", hello, sdk::Run::kNonblocking);
    add_handler("echo", echo, sdk::Run::kNonblocking);
  }

 private:
  /// {"message":"Hello from C++","timestamp":<unix seconds>}
  static void hello(sdk::Request& request) {
    static constexpr std::string_view kHead = R"({"message":"Hello from C++","timestamp":)";
    char body[kHead.size() + 24];
    char* end = body + kHead.copy(body, kHead.size());
    const long long now = std::time(nullptr);
    end = std::to_chars(end, body + sizeof body - 1, now).ptr;
    *end++ = '}';
    request.respond(sdk::Response::json_view({body, static_cast<std::size_t>(end - body)}));
  }

  /// {"echo":<the posted object>,"source":"native"}
  ///
  /// Rationale: the object's own bytes are sent back once they are known to be one, because parsing
  /// and writing again would respell numbers and merge repeated keys.
  static std::optional<sdk::Error> echo(sdk::Request& request) {
    const std::string_view posted = request.body();
    if (const auto fault = find_json_object_fault(posted)) return not_an_object(*fault);

    static constexpr std::string_view kHead = R"({"echo":)";
    static constexpr std::string_view kTail = R"(,"source":"native"})";
    std::string body;
    body.reserve(kHead.size() + posted.size() + kTail.size());
    body.append(kHead).append(posted).append(kTail);
    request.respond(sdk::Response::json(std::move(body)));
    return std::nullopt;
  }

  static sdk::Error not_an_object(const JsonFault& fault) {
    return sdk::Error::client(400, "the body is not a JSON object: at byte " +
                                       std::to_string(fault.byte) + " (counted from 0) " +
                                       fault.reason);
  }
};

}  // namespace
}  // namespace plughost::native

PLUGHOST_PLUGIN(plughost::native::NativePlugin, "plughost.native", "0.1.0",
                "The C++ handlers hello and echo")
