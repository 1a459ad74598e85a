#include "http/beast_reader.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <limits>
#include <utility>

#include "http/beast_errors.hpp"
#include "http/characters.hpp"

namespace plughost::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

/// The least that can follow where a chunk may start: "0\r\n\r\n".
///
/// Rationale: Beast asserts that it has as much when it comes back to a last chunk it saw half of.
constexpr std::size_t kLeastChunk = 5;

std::size_t last_line_feed(std::string_view bytes) {
  if (bytes.empty()) return std::string_view::npos;
  const void* const found = memrchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

/// True if more than ChunkFraming::kMostDigits digits end where extensions begin.
bool has_many_digits(const char* first, const char* extensions) {
  unsigned digits = 0;
  while (extensions != first && hex_value(*--extensions) >= 0) {
    if (++digits > ChunkFraming::kMostDigits) return true;
  }
  return false;
}

Refusal long_overhead(const ParserLimits& limits) {
  return {431, "Chunk extensions and trailers are longer than " +
                   std::to_string(limits.header_bytes) + " bytes."};
}

}  // namespace

void HeadIndex::clear() {
  method = target = {};
  minor_version = 1;
  fields.clear();
}

std::string_view whole_lines(std::string_view bytes, bool in_request_line) {
  const std::size_t last = last_line_feed(bytes);
  if (last == std::string_view::npos) return {};
  if (last + 1 < bytes.size()) return bytes.substr(0, last + 2);
  if (bytes == "\n" || bytes == "\r\n" || bytes.ends_with("\n\r\n")) return bytes;
  const std::size_t previous = last_line_feed(bytes.substr(0, last));
  if (previous != std::string_view::npos) return bytes.substr(0, previous + 2);
  return in_request_line ? bytes : std::string_view();
}

BeastReader::BeastReader(const ParserLimits& limits, HeadIndex& head)
    : limits_(limits), head_(head) {
  header_limit(std::numeric_limits<std::uint32_t>::max());
  // Not boost::none: Beast 1.74 takes any Content-Length to be beyond that.
  basic_parser::body_limit(std::numeric_limits<std::uint64_t>::max());
}

ParseProgress BeastReader::read_head(std::string_view lines) {
  window_ = lines;
  ErrorCode error;
  const std::size_t consumed = put(boost::asio::const_buffer(lines.data(), lines.size()), error);
  const std::string_view rest = lines.substr(consumed);
  if (error == BeastError::need_more) return want_more_of_head(consumed, rest);
  if (error == BeastError::bad_version && head_size_ == 0) return read_later_minor(lines);
  if (error) {
    if (!refusal_) refusal_ = describe_head(error, rest);
    return {consumed, ParseStatus::refused};
  }
  head_size_ += consumed;
  head_done_ = true;
  return {consumed, ParseStatus::head_complete};
}

/// Beast knows no version but 1.0 and 1.1.
ParseProgress BeastReader::read_later_minor(std::string_view lines) {
  const std::size_t end = lines.find("\r\n");
  if (!names_later_minor_version(lines.substr(0, end))) {
    refusal_ = describe_head(BeastError::bad_version, lines);
    return {0, ParseStatus::refused};
  }
  std::string as_1_1(lines);
  as_1_1[end - 1] = '1';
  return read_head(as_1_1);
}

/// Beast was given whole lines, so what it leaves is the byte behind them or a line it dislikes.
ParseProgress BeastReader::want_more_of_head(std::size_t consumed, std::string_view rest) {
  head_size_ += consumed;
  if (head_size_ == 0) {
    refusal_ = describe_head(BeastError::bad_version, rest);
  } else if (rest.size() > 1) {
    refusal_ = folded_line(rest);
  } else if (rest == "\n") {
    refusal_ = describe_head(BeastError::bad_line_ending, rest);
  }
  return {consumed, refusal_ ? ParseStatus::refused : ParseStatus::need_more};
}

ParseProgress BeastReader::read_body(std::string_view bytes, std::uint64_t body_limit,
                                     std::string& body) {
  if (chunked() && !saw_chunk_ && bytes.size() < kLeastChunk) {
    judge_rest(bytes, {});
    return {0, refusal_ ? ParseStatus::refused : ParseStatus::need_more};
  }
  body_limit_ = body_limit;
  body_ = &body;
  window_ = bytes;
  eager(true);
  ErrorCode error;
  const std::size_t consumed = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  const std::string_view rest = bytes.substr(consumed);
  if (!error && is_done()) return {consumed, ParseStatus::complete};
  if (error == BeastError::need_more) error = {};
  judge_rest(rest, error);
  return {consumed, refusal_ ? ParseStatus::refused : ParseStatus::need_more};
}

/// rest, if there is any, is what stands between two chunks.
void BeastReader::judge_rest(std::string_view rest, ErrorCode error) {
  using Verdict = ChunkFraming::Verdict;
  if (refusal_ || (rest.empty() && !error)) return;
  const auto verdict = ChunkFraming::judge(rest, saw_chunk_);
  const bool fault = error || (verdict != Verdict::incomplete && verdict != Verdict::complete);
  const std::size_t size = fault ? rest.find('\n') : rest.size();
  const bool is_long = size != std::string_view::npos && size > limits_.header_bytes;
  if (is_long && verdict != Verdict::bad_size) {
    refusal_ = long_overhead(limits_);
  } else if (fault) {
    refusal_ = describe_body(error, verdict, rest);
  }
}

void BeastReader::refuse(Refusal refusal, ErrorCode& error) {
  refusal_ = std::move(refusal);
  error = BeastError::bad_field;  // any error stops Beast
}

Span BeastReader::span_of(BeastView part) const {
  const auto at = static_cast<std::size_t>(part.data() - window_.data());
  return {static_cast<std::uint32_t>(head_size_ + at), static_cast<std::uint32_t>(part.size())};
}

/// Beast joins folded lines in a buffer of its own, or skips empty ones (RFC 9112 section 5.2).
bool BeastReader::is_folded(BeastView name, BeastView value) const {
  const char* const colon = name.data() + name.size();
  if (value.data() < colon || value.data() > window_.data() + window_.size()) return true;
  const auto gap = static_cast<std::size_t>(value.data() - colon);
  return std::string_view(colon, gap).find('\r') != std::string_view::npos;
}

void BeastReader::on_request_impl(beast::http::verb, BeastView method, BeastView target,
                                  int version, ErrorCode&) {
  head_.method = span_of(method);
  head_.target = span_of(target);
  head_.minor_version = version == 11 ? 1 : 0;
}

void BeastReader::on_field_impl(beast::http::field, BeastView name, BeastView value,
                                ErrorCode& error) {
  if (is_folded(name, value)) {
    const auto at = static_cast<std::size_t>(name.data() - window_.data());
    refuse(folded_line(window_.substr(at)), error);
  } else if (head_done_) {
    add_trailer(name, value, error);
  } else if (head_.fields.size() == limits_.headers) {
    refuse({431, "There are more than " + std::to_string(limits_.headers) + " header lines."},
           error);
  } else {
    head_.fields.push_back({span_of(name), span_of(value)});
  }
}

/// Trailers are read by the same grammar and dropped (RFC 9110 section 6.5.1 allows that).
void BeastReader::add_trailer(BeastView name, BeastView value, ErrorCode& error) {
  overhead_ += name.size() + value.size();
  if (++trailers_ > limits_.headers || overhead_ > limits_.header_bytes) {
    refuse(long_overhead(limits_), error);
  }
}

std::size_t BeastReader::append_body(BeastView bytes) {
  body_->append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t BeastReader::on_body_impl(BeastView bytes, ErrorCode&) { return append_body(bytes); }

void BeastReader::on_chunk_header_impl(std::uint64_t size, BeastView extensions, ErrorCode& error) {
  if (has_many_digits(window_.data(), extensions.data())) {
    error = BeastError::bad_chunk;
    return;
  }
  if (size > 0) saw_chunk_ = true;
  overhead_ += extensions.size();
  const std::string_view text(extensions.data(), extensions.size());
  if (overhead_ > limits_.header_bytes) {
    refuse(long_overhead(limits_), error);
  } else if (!is_field_text(text)) {
    refuse({400, "A chunk extension holds a control character: " + quoted(text) + "."}, error);
  } else if (size > body_limit_ - body_size_) {
    refuse({413, "The body is larger than " + std::to_string(body_limit_) + " bytes."}, error);
  } else {
    body_size_ += size;
  }
  // Extensions may be as long as the data they come with (signatures of chunks are).
  overhead_ -= std::min<std::uint64_t>(overhead_, size);
}

std::size_t BeastReader::on_chunk_body_impl(std::uint64_t, BeastView bytes, ErrorCode&) {
  return append_body(bytes);
}

}  // namespace plughost::http
