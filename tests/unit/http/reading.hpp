#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request_parser.hpp"

namespace plughost::http {

inline std::ostream& operator<<(std::ostream& out, ParseStatus status) {
  constexpr std::string_view kNames[] = {"need_more", "head_complete", "complete", "refused"};
  return out << kNames[static_cast<std::size_t>(status)];
}

/// Plays the connection's part: keeps what the parser does not consume and presents it again.
class Reading final {
 public:
  explicit Reading(const ParserLimits& limits = {}, std::uint64_t body_limit = kUnknownLength)
      : parser_(limits), body_limit_(body_limit) {
    parser_.start(message_);
  }

  /// Until the request is complete or refused, or bytes are used up.
  ParseStatus feed(std::string_view bytes) {
    held_ += bytes;
    while (status_ != ParseStatus::complete && status_ != ParseStatus::refused) {
      const ParseProgress progress = parser_.feed(held_);
      held_.erase(0, progress.consumed);
      consumed_ += progress.consumed;
      status_ = progress.status;
      if (status_ == ParseStatus::need_more) break;
      if (status_ == ParseStatus::head_complete) parser_.set_body_limit(body_limit_);
    }
    return status_;
  }

  /// The next request of the same connection; what is held is its beginning.
  ParseStatus next() {
    parser_.start(message_);
    status_ = ParseStatus::need_more;
    consumed_ = 0;
    return feed("");
  }

  ParseStatus status() const { return status_; }
  std::size_t consumed() const { return consumed_; }
  const RequestMessage& message() const { return message_; }
  const Refusal& refusal() const { return parser_.refusal(); }

 private:
  RequestMessage message_;
  RequestParser parser_;
  std::string held_;
  std::uint64_t body_limit_;
  std::size_t consumed_ = 0;
  ParseStatus status_ = ParseStatus::need_more;
};

/// Every way to cut bytes in two, and one that gives each byte alone.
inline std::vector<std::vector<std::string_view>> every_cut(std::string_view bytes) {
  std::vector<std::vector<std::string_view>> cuts;
  for (std::size_t at = 0; at <= bytes.size(); ++at) {
    cuts.push_back({bytes.substr(0, at), bytes.substr(at)});
  }
  cuts.emplace_back();
  for (std::size_t at = 0; at < bytes.size(); ++at) cuts.back().push_back(bytes.substr(at, 1));
  return cuts;
}

inline std::string name_of_cut(const std::vector<std::string_view>& pieces) {
  if (pieces.size() != 2) return "byte by byte";
  return "cut at byte " + std::to_string(pieces[0].size());
}

}  // namespace plughost::http
