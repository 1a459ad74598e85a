#include "http/response_writer.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <ctime>

#include "http/http_date.hpp"
#include "http/message.hpp"

namespace plughost::http {
namespace {

/// The fields the host writes, gathered on the stack: one append to the output instead of ten.
class FixedPart final {
 public:
  void add(std::string_view text) {
    std::memcpy(buffer_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }

  void add(std::uint64_t number) {
    char* const begin = buffer_.data() + size_;
    size_ += static_cast<std::size_t>(
        std::to_chars(begin, buffer_.data() + buffer_.size(), number).ptr - begin);
  }

  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  // The longest: status line 47, Date 37, Content-Length 38, Connection 24.
  std::array<char, 192> buffer_;
  std::size_t size_ = 0;
};

/// The Date line, made once a second for each thread.
std::string_view date_line() {
  constexpr std::string_view kName = "Date: ";
  thread_local std::time_t made_at = -1;
  thread_local std::array<char, kName.size() + kDateLength + 2> line;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    kName.copy(line.data(), kName.size());
    write_date(now, line.data() + kName.size());
    line[line.size() - 2] = '\r';
    line[line.size() - 1] = '\n';
    made_at = now;
  }
  return {line.data(), line.size()};
}

void add_status_line(FixedPart& part, unsigned status) {
  if (status == 200) {
    part.add("HTTP/1.1 200 OK\r\n");
    return;
  }
  part.add("HTTP/1.1 ");
  part.add(static_cast<std::uint64_t>(status));
  part.add(" ");
  part.add(reason_phrase(status));
  part.add("\r\n");
}

void begin_head(FixedPart& part, unsigned status, const HeaderLines& headers) {
  add_status_line(part, status);
  if (!headers.has_date()) part.add(date_line());
}

void add_length(FixedPart& part, unsigned status, std::uint64_t length) {
  if (status == 205) {
    part.add("Content-Length: 0\r\n");
  } else if (!is_bodyless(status)) {
    part.add("Content-Length: ");
    part.add(length);
    part.add("\r\n");
  }
}

void end_head(std::string& out, FixedPart& part, const HeaderLines& headers,
              Persistence persistence) {
  if (persistence == Persistence::close) part.add("Connection: close\r\n");
  if (persistence == Persistence::keep_alive) part.add("Connection: keep-alive\r\n");
  out.append(part.text()).append(headers.lines()).append("\r\n");
}

}  // namespace

void write_head(std::string& out, unsigned status, const HeaderLines& headers,
                std::uint64_t body_length, Persistence persistence) {
  FixedPart part;
  begin_head(part, status, headers);
  add_length(part, status, body_length);
  end_head(out, part, headers, persistence);
}

void write_stream_head(std::string& out, unsigned status, const HeaderLines& headers,
                       Framing framing, Persistence persistence) {
  FixedPart part;
  begin_head(part, status, headers);
  if (headers.declared_length() != kUnknownLength || status == 205) {
    add_length(part, status, headers.declared_length());
  }
  if (framing == Framing::chunked) part.add("Transfer-Encoding: chunked\r\n");
  end_head(out, part, headers, persistence);
}

Framing framing_of(std::string_view method, unsigned minor_version, unsigned status,
                   std::uint64_t declared_length) {
  if (method == "HEAD" || is_bodyless(status)) return Framing::none;
  if (declared_length != kUnknownLength) return Framing::content_length;
  return minor_version == 0 ? Framing::until_close : Framing::chunked;
}

}  // namespace plughost::http
