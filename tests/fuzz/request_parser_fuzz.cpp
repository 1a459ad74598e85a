// Any bytes, cut anywhere, mean what they mean uncut.
#include "http/request_parser.hpp"
#include "input.hpp"

using namespace plughost;

namespace {

constexpr std::uint64_t kBodyLimit = 512;
constexpr std::size_t kMostRequests = 32;

std::string describe(const http::RequestMessage& message) {
  std::string text;
  for (const auto part : {message.method, message.target, message.raw_path, message.path,
                          message.query, message.host}) {
    text.append(part).append("|");
  }
  for (const auto& [name, value] : message.headers) text.append(name).append("=").append(value);
  text += '|' + message.body + '|' + std::to_string(message.content_length) + '|' +
          std::to_string(message.minor_version) + (message.keep_alive ? "k" : "") +
          (message.chunked ? "c" : "") + (message.expects_continue ? "e" : "");
  return text + '\n';
}

/// The requests in the order they are read, and how it ended.
///
/// Rationale: not why one was refused. Of two mistakes the first to be seen may depend on the cut.
std::string read_all(const std::vector<std::string_view>& pieces) {
  http::RequestParser parser({1024, 16});
  http::RequestMessage message;
  std::string story;
  std::string held;
  std::size_t n_requests = 0;
  parser.start(message);
  for (const std::string_view piece : pieces) {
    held += piece;
    for (;;) {
      const auto progress = parser.feed(held);
      if (progress.consumed > held.size()) std::abort();
      held.erase(0, progress.consumed);
      if (progress.status == http::ParseStatus::need_more) break;
      if (progress.status == http::ParseStatus::head_complete) {
        parser.set_body_limit(kBodyLimit);
        continue;
      }
      if (progress.status == http::ParseStatus::refused) {
        const auto& refusal = parser.refusal();
        if (refusal.status < 400 || refusal.status > 599 || refusal.detail.empty()) std::abort();
        return story + "refused";
      }
      if (message.body.size() > kBodyLimit) std::abort();
      story += describe(message);
      if (++n_requests == kMostRequests) return story;
      parser.start(message);
    }
  }
  return story + "more";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto pieces = fuzz::cut(input);
  const std::string whole = read_all({input.text()});
  const std::string in_pieces = read_all(pieces);
  if (whole != in_pieces) fuzz::fail("cutting changed what was read", whole, in_pieces);
  return 0;
}
