// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <plughost/sdk/error.hpp>
#include <plughost/sdk/request.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::sdk {

/// An answer that comes in pieces, and the duty to end it.
///
///   sdk::ResponseStream stream = request.start(200, {{"content-type", "text/csv"}});
///   stream.write("a,b\n");
///   stream.finish();
///
/// A stream that is destroyed before finish is truncated, and the client sees that it is. No call
/// blocks: write says PH_BACKPRESSURE when the client is behind.
///
/// Owner:   whoever it was moved to last.
/// Threads: one at a time.
/// Errors:  write and finish return what the host says; PH_E_CANCELLED: the client is gone.
class ResponseStream final {
 public:
  explicit ResponseStream(Request started) noexcept : request_(std::move(started)) {}

  /// Sends bytes as soon as the client takes them; a long string is lent to the host, not copied.
  /// PH_BACKPRESSURE: taken, but wait for on_writable before the next. PH_E_BUSY: not taken, you
  /// did not wait. PH_E_INVALID: more than the Content-Length given to start.
  ph_status write(std::string bytes) {
    if (bytes.size() < kLendFromBytes) return write_view(bytes);
    auto lent = std::make_unique<std::string>(std::move(bytes));
    const ph_buf view{lent->data(), lent->size()};
    const auto free_it = [](void* ctx) noexcept { delete static_cast<std::string*>(ctx); };
    return http().write(host(), request_.token_, view, free_it, lent.release());
  }
  /// The same, copied before it returns.
  ph_status write_view(std::string_view bytes) noexcept {
    return http().write(host(), request_.token_, {bytes.data(), bytes.size()}, nullptr, nullptr);
  }

  /// Runs callback once when the client has caught up, or is gone, on a thread of the host's: it
  /// must return quickly, not block, and own what it uses. Any status but PH_OK: it will not run.
  ph_status on_writable(std::function<void()> callback) {
    return http().on_writable(host(), request_.token_, detail::make_notify(std::move(callback)));
  }

  /// Terminal. Trailers reach a client that takes them (TE: trailers), if the answer is chunked.
  ph_status finish(const HeaderList& trailers = {}) {
    std::vector<ph_header> lines;
    for (const auto& [name, value] : trailers) lines.push_back({to_abi(name), to_abi(value)});
    return request_.settle(http().finish(host(), request_.token_, lines.data(), lines.size()));
  }
  /// Terminal. The client sees a truncated answer; reason goes to the log.
  ph_status abort(std::string_view reason) noexcept { return request_.abort(reason); }

  /// True while this object owes the end.
  bool owed() const noexcept { return request_.owed(); }
  /// For its views, its body and its cancellation, until the end.
  Request& request() noexcept { return request_; }

 private:
  // Below this the host would copy it anyway.
  static constexpr std::size_t kLendFromBytes = 4096;

  const ph_host* host() const noexcept { return request_.host_; }
  const ph_http_api& http() const noexcept { return *request_.host_->http; }

  Request request_;
};

inline ResponseStream Request::start(unsigned status, const HeaderList& headers) {
  std::vector<ph_header> lines;
  for (const auto& [name, value] : headers) lines.push_back({to_abi(name), to_abi(value)});
  const ph_status started = host_->http->start(host_, token_, status, lines.data(), lines.size());
  if (started != PH_OK && started != PH_E_CANCELLED) {
    throw Error(started, "the host refused to start a streamed answer");
  }
  return ResponseStream(std::move(*this));
}

/// One event of a text/event-stream (the HTML standard, section 9.2), ready to be written.
inline std::string server_sent_event(std::string_view data, std::string_view event = {},
                                     std::string_view id = {}) {
  std::string text;
  const auto add = [&text](std::string_view field, std::string_view value) {
    text.append(field).append(": ").append(value).append("\n");
  };
  // A browser ends a line at CR too; what came behind it would be a field of its own.
  const auto line_of = [](std::string_view rest) {
    return rest.substr(0, rest.find_first_of("\r\n"));
  };
  if (!event.empty()) add("event", line_of(event));
  if (!id.empty()) add("id", line_of(id));
  while (true) {
    const std::string_view line = line_of(data);
    add("data", line);
    data.remove_prefix(line.size());
    if (data.empty()) break;
    data.remove_prefix(data.substr(0, 2) == "\r\n" ? 2 : 1);
  }
  return text += '\n';
}

}  // namespace plughost::sdk
