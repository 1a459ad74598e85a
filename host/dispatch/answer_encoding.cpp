#include "dispatch/answer_encoding.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <string>

#include "http/compression.hpp"
#include "http/content_encoder.hpp"

namespace plughost::dispatch {
namespace {

using http::ContentEncoder;
using Then = ContentEncoder::Then;

// gzip takes about 70 microseconds for it, a thread's turn 20; the caller may be an I/O thread, or
// hold Python's lock.
constexpr std::uint64_t kEncodedHere = 4 * 1024;
constexpr std::uint64_t kMostOfFile = 16 * 1024 * 1024;  // larger ones are sent, not read

bool encode_file(ContentEncoder& encoder, FilePart file, std::string& out) {
  std::array<char, 64 * 1024> piece;
  while (file.length > 0) {
    const auto wanted = std::min<std::uint64_t>(file.length, piece.size());
    const auto got = ::pread(file.fd, piece.data(), wanted, static_cast<off_t>(file.offset));
    if (got <= 0) return false;
    const auto bytes = static_cast<std::size_t>(got);
    file.offset += bytes;
    file.length -= bytes;
    const auto then = file.length == 0 ? Then::finish : Then::go_on;
    if (!encoder.encode({piece.data(), bytes}, then, out)) return false;
  }
  return true;
}

/// False: it does not get smaller, or cannot be encoded.
bool encode_body(const Answer& answer, std::string& out) {
  ContentEncoder* const encoder = http::shared_encoder(answer.coding);
  if (encoder == nullptr) return false;
  const bool is_file = answer.file.fd >= 0;
  const bool encoded = is_file ? encode_file(*encoder, answer.file, out)
                               : encoder->encode(answer.body, Then::finish, out);
  return encoded && out.size() < (is_file ? answer.file.length : answer.body.size());
}

}  // namespace

Encoding plan_encoding(Request& request) {
  auto& answer = request.answer;
  const bool is_file = answer.file.fd >= 0;
  const std::uint64_t length = is_file ? answer.file.length : answer.body.size();
  if (is_file && length > kMostOfFile) return Encoding::none;
  answer.coding = request.match.route->compression->choose(request.message, answer.status,
                                                           answer.headers, length);
  if (answer.coding.empty()) return Encoding::none;
  return is_file || length >= kEncodedHere ? Encoding::on_executor : Encoding::here;
}

void encode_answer(Request& request) noexcept {
  auto& answer = request.answer;
  try {
    std::string encoded;
    if (encode_body(answer, encoded)) {
      http::mark_encoded(answer.headers, answer.coding);
      answer.release.run();
      answer.file = {};
      answer.copied_body.swap(encoded);
      answer.body = answer.copied_body;
    }
  } catch (const std::exception&) {  // no memory: it is sent as it is
  }
  answer.coding = {};
}

std::unique_ptr<ContentEncoder> begin_encoding(Request& request) {
  const auto& policy = *request.match.route->compression;
  auto& headers = request.answer.headers;
  if (headers.declared_length() != http::kUnknownLength) return nullptr;
  const auto coding =
      policy.choose(request.message, request.answer.status, headers, http::kUnknownLength);
  if (coding.empty()) return nullptr;
  auto encoder = ContentEncoder::make(coding);
  if (encoder != nullptr) http::mark_encoded(headers, coding);
  return encoder;
}

}  // namespace plughost::dispatch
