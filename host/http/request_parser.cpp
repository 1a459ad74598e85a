#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "http/beast_errors.hpp"
#include "http/beast_reader.hpp"
#include "http/characters.hpp"
#include "http/field_rules.hpp"
#include "http/request_target.hpp"

namespace plughost::http {
namespace {

constexpr std::uint64_t kReservedBody = 64 * 1024;
constexpr unsigned kEmptyLines = 8;
constexpr std::size_t kMethodLength = 32;

/// True if bytes, the start of a request line, may still become one.
///
/// Rationale: a client that speaks TLS or another protocol to us may never send a line feed; it
/// should get its answer before the time limit.
bool may_be_request_line(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, kMethodLength);
  const auto end = std::find_if_not(start.begin(), start.end(), is_token_character);
  return end == start.end() || (*end == ' ' && end != start.begin());
}

}  // namespace

/// What happens to the bytes of one request after the other.
class RequestParser::Impl final {
 public:
  explicit Impl(const ParserLimits& limits) : limits_(limits) {}

  void start(RequestMessage& message) {
    message.clear();
    message_ = &message;
    head_.clear();
    body_ = &message.body;
    reader_.emplace(limits_, head_);
    phase_ = Phase::head;
    body_limit_ = kUnknownLength;
    empty_lines_ = 0;
    got_some_ = false;
  }

  ParseProgress feed(std::string_view bytes) {
    switch (phase_) {
      case Phase::head:
        return read_head(bytes);
      case Phase::between:
        return enter_body(bytes);
      case Phase::body:
        return read_body(bytes);
      case Phase::complete:
        return {0, ParseStatus::complete};
      case Phase::refused:
        break;
    }
    return {0, ParseStatus::refused};
  }

  void set_body_limit(std::uint64_t bytes) { body_limit_ = bytes; }
  void set_body_sink(std::string& sink) { body_ = &sink; }
  bool got_some() const { return got_some_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class Phase { head, between, body, complete, refused };

  ParseProgress refuse(std::size_t consumed, Refusal refusal) {
    refusal_ = std::move(refusal);
    phase_ = Phase::refused;
    // Whatever is wrong with the rest, the answer to HEAD has no body.
    if (message_->method.empty()) message_->method = view_of(head_.method);
    return {consumed, ParseStatus::refused};
  }

  ParseProgress read_head(std::string_view bytes) {
    const std::size_t skipped = skip_empty_lines(bytes);
    bytes.remove_prefix(skipped);
    if (empty_lines_ > kEmptyLines) {
      return refuse(skipped, {400, "There are too many empty lines before the request line."});
    }
    if (!got_some_ && (bytes.empty() || bytes == "\r")) return {skipped, ParseStatus::need_more};
    got_some_ = true;
    ParseProgress progress = read_lines(bytes);
    progress.consumed += skipped;
    return progress;
  }

  std::size_t skip_empty_lines(std::string_view bytes) {
    std::size_t skipped = 0;
    while (!got_some_ && empty_lines_ <= kEmptyLines && bytes.substr(skipped, 2) == "\r\n") {
      skipped += 2;
      ++empty_lines_;
    }
    return skipped;
  }

  ParseProgress read_lines(std::string_view bytes) {
    const std::size_t room = limits_.header_bytes - reader_->head_size();
    const std::string_view window = bytes.substr(0, room);
    const std::string_view lines = whole_lines(window, reader_->head_size() == 0);
    ParseProgress progress{0, ParseStatus::need_more};
    if (!lines.empty()) progress = reader_->read_head(lines);
    message_->bytes.append(lines.data(), progress.consumed);
    if (progress.status == ParseStatus::refused) {
      return refuse(progress.consumed, reader_->refusal());
    }
    if (progress.status == ParseStatus::head_complete) return finish_head(progress.consumed);
    if (reader_->head_size() == 0 && !may_be_request_line(window)) {
      return refuse(0, describe_head(boost::beast::http::error::bad_method, window));
    }
    if (window.size() == room) return refuse_long_head(progress.consumed);
    return progress;
  }

  ParseProgress refuse_long_head(std::size_t consumed) {
    const std::string limit = std::to_string(limits_.header_bytes) + " bytes.";
    if (reader_->head_size() == 0) {
      return refuse(consumed, {414, "The request line is longer than " + limit});
    }
    return refuse(consumed, {431, "Request line and header fields are longer than " + limit});
  }

  ParseProgress finish_head(std::size_t consumed) {
    resolve_views();
    if (auto refusal = apply_target(*message_)) return refuse(consumed, std::move(*refusal));
    if (auto refusal = apply_field_rules(*message_)) return refuse(consumed, std::move(*refusal));
    phase_ = Phase::between;
    return {consumed, ParseStatus::head_complete};
  }

  /// The bytes stay where they are from here on.
  void resolve_views() {
    std::string& bytes = message_->bytes;
    bytes.reserve(bytes.size() + head_.target.size);  // for the decoded path
    message_->method = view_of(head_.method);
    message_->target = view_of(head_.target);
    message_->minor_version = head_.minor_version;
    message_->headers.reserve(head_.fields.size());
    for (const HeadIndex::Field& field : head_.fields) {
      const auto name = bytes.begin() + field.name.at;
      std::transform(name, name + field.name.size, name, to_lower);
      message_->headers.push_back({view_of(field.name), view_of(field.value)});
    }
  }

  std::string_view view_of(Span span) const {
    return std::string_view(message_->bytes).substr(span.at, span.size);
  }

  ParseProgress enter_body(std::string_view bytes) {
    if (!message_->chunked && message_->content_length == 0) {
      phase_ = Phase::complete;
      return {0, ParseStatus::complete};
    }
    if (!message_->chunked) {
      if (message_->content_length > body_limit_) {
        return refuse(0, {413, "The body is larger than " + std::to_string(body_limit_) +
                                   " bytes: Content-Length says " +
                                   std::to_string(message_->content_length) + "."});
      }
      body_->reserve(std::min(message_->content_length, kReservedBody));
    }
    phase_ = Phase::body;
    return read_body(bytes);
  }

  ParseProgress read_body(std::string_view bytes) {
    if (bytes.empty()) return {0, ParseStatus::need_more};
    const ParseProgress progress = reader_->read_body(bytes, body_limit_, *body_);
    if (progress.status == ParseStatus::refused) {
      return refuse(progress.consumed, reader_->refusal());
    }
    if (progress.status == ParseStatus::complete) phase_ = Phase::complete;
    return progress;
  }

  const ParserLimits limits_;
  HeadIndex head_;
  std::optional<BeastReader> reader_;
  RequestMessage* message_ = nullptr;
  std::string* body_ = nullptr;  // message_'s or the caller's
  Refusal refusal_{400, {}};
  std::uint64_t body_limit_ = kUnknownLength;
  unsigned empty_lines_ = 0;
  Phase phase_ = Phase::complete;
  bool got_some_ = false;
};

RequestParser::RequestParser(const ParserLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}

RequestParser::~RequestParser() = default;

void RequestParser::start(RequestMessage& message) { impl_->start(message); }
void RequestParser::set_body_limit(std::uint64_t bytes) { impl_->set_body_limit(bytes); }
void RequestParser::set_body_sink(std::string& sink) { impl_->set_body_sink(sink); }
ParseProgress RequestParser::feed(std::string_view bytes) { return impl_->feed(bytes); }
bool RequestParser::got_some() const { return impl_->got_some(); }
const Refusal& RequestParser::refusal() const { return impl_->refusal(); }

}  // namespace plughost::http
