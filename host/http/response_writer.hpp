#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plughost::http {

/// Header lines of one response, checked and ready to send.
///
/// Date, Content-Length and the connection's own fields are the host's; see write_head.
/// Limits: not thread-safe; clear() keeps the memory.
class HeaderLines final {
 public:
  enum class Verdict {
    accepted,
    bad_name,   ///< not a token (RFC 9110 section 5.6.2)
    bad_value,  ///< CR, LF, NUL or another control byte but HTAB (section 5.5)
    framing,    ///< Transfer-Encoding, Trailer, Upgrade, Keep-Alive, Connection but for `close`
  };

  /// Checks and adds one line. `Connection: close` sets close() and adds no line; Content-Length
  /// is kept aside for the caller to compare (declared_length()); a value that is no number or
  /// differs from an earlier one is Verdict::framing. Date and Server given by a handler stand.
  Verdict append(std::string_view name, std::string_view value);
  /// Adds the fields by which the host offers another protocol (RFC 9110 section 7.8).
  void add_upgrade(std::string_view protocol);
  void clear();

  std::string_view lines() const { return lines_; }  ///< each with its CRLF
  bool contains(std::string_view lower_case_name) const;
  /// The value of the first line of that name, trimmed; empty if there is none.
  std::string_view value(std::string_view lower_case_name) const;
  /// True if a line of that name has the element in its list, alone or with a value (`a=b`).
  bool lists(std::string_view lower_case_name, std::string_view lower_case_element) const;
  /// Removes every line of that name.
  void remove(std::string_view lower_case_name);
  bool close() const { return close_; }
  bool has_date() const { return has_date_; }
  std::uint64_t declared_length() const { return declared_length_; }  ///< kUnknownLength: none
  void swap(HeaderLines& other) noexcept;

 private:
  std::string lines_;
  std::uint64_t declared_length_ = UINT64_MAX;
  bool close_ = false;
  bool has_date_ = false;
};

/// Checks one trailer field (RFC 9110 section 6.5) and adds it to lines. Rules as for a header;
/// what section 6.5.1 keeps out of trailers (framing, routing, authentication, content format,
/// response control) is Verdict::framing too.
HeaderLines::Verdict append_trailer(HeaderLines& lines, std::string_view name,
                                    std::string_view value);

/// How a response body says where it ends (RFC 9112 section 6.3).
enum class Framing {
  none,            ///< there is no body: HEAD, 204, 304
  content_length,  ///< its length is in the head
  chunked,
  until_close,  ///< HTTP/1.0 without a length
  upgraded,     ///< no HTTP any more: the bytes of the protocol behind a 101
};

/// The framing of a streamed answer. declared_length: kUnknownLength if the handler gave none.
Framing framing_of(std::string_view method, unsigned minor_version, unsigned status,
                   std::uint64_t declared_length);

enum class Persistence {
  implied,     ///< HTTP/1.1 that stays open: no Connection field
  keep_alive,  ///< HTTP/1.0 that stays open
  close,
};

/// Appends status line, Date, Content-Length, Connection, the lines and the empty line to out.
///
/// The status line always says HTTP/1.1 (RFC 9110 section 6.2). Content-Length is left out for 204
/// and 304, and 0 for 205; the caller sends no body for those and for HEAD, whose Content-Length is
/// body_length.
void write_head(std::string& out, unsigned status, const HeaderLines& headers,
                std::uint64_t body_length, Persistence persistence);

/// The same for a body whose length may be unknown: Content-Length is headers.declared_length(), if
/// there is one, and Transfer-Encoding says chunked if framing does.
void write_stream_head(std::string& out, unsigned status, const HeaderLines& headers,
                       Framing framing, Persistence persistence);

/// The reason phrase of a status ("Not Found"); for one that is not registered, its class's.
std::string_view reason_phrase(unsigned status);

/// True if a response of that status never has a body (1xx, 204, 205, 304; RFC 9110 sections 6.4.1
/// and 15.3.6).
bool is_bodyless(unsigned status);

/// The interim response that lets a client send its body (RFC 9110 section 10.1.1).
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace plughost::http
