// Whatever a client asks of a file: the part it gets is inside, the coding is one that was offered.
#include <algorithm>
#include <array>

#include "http/accept_encoding.hpp"
#include "http/conditional.hpp"
#include "input.hpp"

using namespace plughost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kNames[] = {
      "range",         "if-range", "accept-encoding",     "if-match",
      "if-none-match", "te",       "if-unmodified-since", "if-modified-since"};
  constexpr std::array<std::string_view, 3> kOffered = {"zstd", "br", "gzip"};
  constexpr std::time_t kNow = 1'800'000'000;
  fuzz::Input input(data, size);
  const std::uint64_t file_size = input.choose(2) == 0 ? 1000 : input.choose(2);
  // Each line is a field; its first byte says which.
  http::RequestMessage message;
  for (std::string_view rest = input.text(); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    message.headers.push_back({kNames[static_cast<unsigned char>(line[0]) % 8], line.substr(1)});
  }
  const http::Validators current{"\"v1\"", kNow - 1000};
  static_cast<void>(http::check_preconditions(message, current, kNow));
  const auto range = http::select_range(message, file_size, current, kNow);
  if (range.kind == http::ByteRange::Kind::part) {
    if (range.length == 0 || range.first >= file_size) std::abort();
    if (range.length > file_size - range.first) std::abort();
  }
  const auto coding = http::choose_coding(message, kOffered);
  if (!coding.empty() && std::find(kOffered.begin(), kOffered.end(), coding) == kOffered.end()) {
    std::abort();
  }
  return 0;
}
