#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.hpp"
#include "http/request_parser.hpp"

namespace plughost::http {

struct Span {
  std::uint32_t at = 0;
  std::uint32_t size = 0;
};

/// Where the parts of a head lie, counted from its first byte.
///
/// Rationale: places, not views, as the bytes may still move while the head arrives.
struct HeadIndex {
  struct Field {
    Span name;
    Span value;
  };

  Span method;
  Span target;
  unsigned minor_version = 1;
  std::vector<Field> fields;

  void clear();
};

/// One request read by Beast's grammar, with the limits and rules that Beast leaves to its user.
///
/// Owner:  RequestParser, which makes a new one for each request: Beast's parser serves one.
/// Errors: ParseStatus::refused with refusal(); nothing may be read after that.
class BeastReader final : public boost::beast::http::basic_parser<true> {
 public:
  /// Fills head, which must outlive the reader.
  BeastReader(const ParserLimits& limits, HeadIndex& head);

  /// Lines of the head and one byte behind the last of them (see whole_lines), or with its end
  /// everything: need_more or head_complete. What is not consumed must be presented again.
  ///
  /// Rationale: of half a line Beast remembers where it stopped, and then judges nothing before the
  /// end of the head. Given whole lines it reads each once and refuses at the first bad one.
  ParseProgress read_head(std::string_view lines);

  /// After head_complete of a request with a body, appends it to body: need_more or complete.
  ParseProgress read_body(std::string_view bytes, std::uint64_t body_limit, std::string& body);

  std::size_t head_size() const { return head_size_; }  ///< bytes consumed by read_head
  const Refusal& refusal() const { return *refusal_; }

 private:
  using ErrorCode = boost::beast::error_code;
  using BeastView = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, BeastView method, BeastView target, int version,
                       ErrorCode&) override;
  void on_response_impl(int, BeastView, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, BeastView name, BeastView value,
                     ErrorCode& error) override;
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(BeastView bytes, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t size, BeastView extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  std::size_t append_body(BeastView bytes);
  void add_trailer(BeastView name, BeastView value, ErrorCode& error);
  bool is_folded(BeastView name, BeastView value) const;
  Span span_of(BeastView part) const;
  void refuse(Refusal refusal, ErrorCode& error);
  ParseProgress want_more_of_head(std::size_t consumed, std::string_view rest);
  ParseProgress read_later_minor(std::string_view lines);
  void judge_rest(std::string_view rest, ErrorCode error);

  const ParserLimits& limits_;
  HeadIndex& head_;
  std::string* body_ = nullptr;  // where read_body appends
  std::string_view window_;      // what Beast is reading
  std::size_t head_size_ = 0;
  std::size_t trailers_ = 0;
  std::size_t overhead_ = 0;  // bytes of chunk extensions and trailers
  std::uint64_t body_limit_ = 0;
  std::uint64_t body_size_ = 0;  // of all chunks announced
  bool head_done_ = false;
  bool saw_chunk_ = false;
  std::optional<Refusal> refusal_;
};

/// How much of an incomplete head Beast may see: its whole lines and one byte more (Beast looks
/// there for line folding), or all of it if it ends in the empty line or in the request line.
std::string_view whole_lines(std::string_view bytes, bool in_request_line);

}  // namespace plughost::http
