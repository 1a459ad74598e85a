// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <plughost/sdk/host.hpp>
#include <plughost/sdk/response.hpp>
#include <plughost/sdk/text.hpp>
#include <plughost/sdk/websocket.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::sdk {

namespace detail {

/// A callback that the host runs at most once, and frees once.
inline ph_notify make_notify(std::function<void()> callback) {
  auto owned = std::make_unique<std::function<void()>>(std::move(callback));
  ph_notify notify{};
  notify.fn = [](void* ctx, ph_req) noexcept {
    try {
      (*static_cast<std::function<void()>*>(ctx))();
    } catch (...) {  // nobody is left to tell
    }
  };
  notify.release = [](void* ctx) noexcept { delete static_cast<std::function<void()>*>(ctx); };
  notify.ctx = owned.release();
  return notify;
}

}  // namespace detail

/// Header lines or path parameters, in order, for a range-for over ph_header.
struct Fields {
  const ph_header* first = nullptr;
  std::size_t count = 0;

  const ph_header* begin() const noexcept { return first; }
  const ph_header* end() const noexcept { return first + count; }
};

class ResponseStream;

/// Header or trailer lines of a stream.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What Request::read_body found.
struct BodyPart {
  ph_status status;        ///< PH_OK, PH_PENDING, or why no more will come
  std::string_view bytes;  ///< until the next read_body

  bool ended() const noexcept { return status == PH_OK && bytes.empty(); }
};

/// One request, and the duty to answer it.
///
/// Whoever holds it owes the answer; move it to another thread to answer later. A Request that is
/// destroyed unanswered gives the client a 500 and the log a line.
///
/// Owner:   whoever it was moved to last. Every view it hands out is the host's and dies with the
///          terminal call (respond, abort); afterwards they come back empty.
/// Threads: one at a time; is_cancelled from any.
/// Errors:  respond and abort return what the host says; owed() tells if an answer is still due.
class Request final {
 public:
  Request(const ph_host* host, ph_req token, const ph_req_head* head) noexcept
      : host_(host), token_(token), head_(head) {}
  ~Request() { drop(); }

  Request(Request&& other) noexcept { take(other); }
  Request& operator=(Request&& other) noexcept {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  /// The client's method: HEAD stays HEAD, and the host leaves the body out.
  std::string_view method() const noexcept { return field(&ph_req_head::method); }
  /// Percent-decoded once; may hold any byte but NUL.
  std::string_view path() const noexcept { return field(&ph_req_head::path); }
  /// Raw, without '?'.
  std::string_view query() const noexcept { return field(&ph_req_head::query); }
  std::string_view raw_target() const noexcept { return field(&ph_req_head::raw_target); }
  /// The pattern, as routes.yaml spells it.
  std::string_view route() const noexcept { return field(&ph_req_head::route); }
  std::string_view client_addr() const noexcept { return field(&ph_req_head::client_addr); }
  std::string_view request_id() const noexcept { return field(&ph_req_head::request_id); }
  std::string_view body() const noexcept {
    return head_ != nullptr ? text(head_->body) : std::string_view();
  }

  /// The first header line of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const noexcept {
    for (const ph_header& line : headers()) {
      if (same_field_name(text(line.name), name)) return text(line.value);
    }
    return std::nullopt;
  }
  /// In the order they came, one entry a line, names in lower case.
  Fields headers() const noexcept {
    return head_ != nullptr ? Fields{head_->headers, head_->n_headers} : Fields{};
  }

  /// A path parameter by its name in the route's pattern, percent-decoded.
  std::optional<std::string_view> param(std::string_view name) const noexcept {
    for (const ph_header& parameter : params()) {
      if (text(parameter.name) == name) return text(parameter.value);
    }
    return std::nullopt;
  }
  Fields params() const noexcept {
    return head_ != nullptr ? Fields{head_->params, head_->n_params} : Fields{};
  }

  /// When the host answers 504 in our place; nullopt: never.
  std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept {
    if (head_ == nullptr || head_->deadline_ns == 0) return std::nullopt;
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(head_->deadline_ns));
  }

  /// True once the deadline passed or the client left; the answer is owed all the same.
  bool is_cancelled() const noexcept { return host_->http->is_cancelled(host_, token_) != 0; }

  /// Runs callback when that happens, on a thread of the host's: it must return quickly and not
  /// block. At most once a request; PH_E_CANCELLED: it already happened and callback will not run.
  /// It may still be running when the terminal call returns, so it must own what it uses.
  ph_status on_cancel(std::function<void()> callback);

  /// Terminal. PH_OK, or PH_E_CANCELLED: the client is gone or got its 504. PH_E_INVALID: a header
  /// or the status is not allowed, and the answer is still owed.
  ph_status respond(Response response) { return settle(std::move(response).send(host_, token_)); }

  /// Terminal. Answers with length bytes of the regular file fd from offset, which the host sends
  /// by itself. Takes fd and closes it, whatever it returns; head has no body. PH_E_INVALID: the
  /// file is shorter, or head is not allowed, and the answer is still owed.
  ph_status respond_file(int fd, std::uint64_t offset, std::uint64_t length,
                         Response head = Response()) {
    return settle(std::move(head).send_file(host_, token_, fd, offset, length));
  }

  /// Begins an answer that comes in pieces. The duty moves into the stream, and this object is as
  /// after respond. Throws Error if the host refuses (a bad status or header, or started before);
  /// then the answer is still owed. For a client that is gone it gives a cancelled stream. Defined
  /// in stream.hpp.
  ResponseStream start(unsigned status = 200, const HeaderList& headers = {});

  /// The next part of the body, of a handler registered with Body::kStreamed. Never blocks.
  /// PH_PENDING: wait for on_body. PH_E_CANCELLED: the client left, was too slow or sent nonsense.
  BodyPart read_body(std::size_t max = 64 * 1024) noexcept {
    ph_buf part{};
    const ph_status status = host_->http->read_body(host_, token_, max, &part);
    return {status, status == PH_OK ? text(part) : std::string_view()};
  }
  /// Runs callback once when read_body has something to say, on a thread of the host's: it must
  /// return quickly, not block, and own what it uses. Any status but PH_OK: it will not run.
  ph_status on_body(std::function<void()> callback) {
    return host_->http->on_body(host_, token_, detail::make_notify(std::move(callback)));
  }

  /// Terminal. Answers 500, or truncates a stream; reason goes to the log.
  ph_status abort(std::string_view reason) noexcept {
    return settle(host_->http->abort(host_, token_, to_abi(reason)));
  }

  /// True if the client offers to speak that subprotocol over a WebSocket.
  bool offers_subprotocol(std::string_view name) const noexcept {
    for (const ph_header& line : headers()) {
      const bool offers = text(line.name) == "sec-websocket-protocol";
      if (offers && detail::lists(text(line.value), name)) return true;
    }
    return false;
  }

  /// Terminal. The client gets its 101 and handler the connection. PH_E_CANCELLED: the client is
  /// gone, or asked in a wrong way and got its answer. PH_E_STATE: it does not ask for WebSocket,
  /// and the answer is still owed: Error::client(426, ...) fits.
  ph_status upgrade(std::unique_ptr<WebSocketHandler> handler, const UpgradeOptions& options = {}) {
    return settle(detail::upgrade(host_, token_, std::move(handler), options));
  }

  /// True while this object owes the answer.
  bool owed() const noexcept { return token_ != 0; }
  ph_req token() const noexcept { return token_; }
  /// Everything the host said about the request; nullptr once it was answered.
  const ph_req_head* head() const noexcept { return head_; }

  /// Ends the duty without an answer, for a handle() that returns an error: the host answers.
  void hand_back() noexcept {
    token_ = 0;
    head_ = nullptr;
  }

 private:
  friend class ResponseStream;

  std::string_view field(ph_str ph_req_head::*member) const noexcept {
    return head_ != nullptr ? text(head_->*member) : std::string_view();
  }

  ph_status settle(ph_status status) noexcept {
    if (status == PH_OK || status == PH_E_CANCELLED || status == PH_E_STALE) hand_back();
    return status;
  }

  void drop() noexcept {
    if (owed()) abort("the handler dropped the request without an answer");
  }

  void take(Request& other) noexcept {
    host_ = other.host_;
    token_ = std::exchange(other.token_, 0);
    head_ = std::exchange(other.head_, nullptr);
  }

  const ph_host* host_ = nullptr;
  ph_req token_ = 0;
  const ph_req_head* head_ = nullptr;
};

inline ph_status Request::on_cancel(std::function<void()> callback) {
  return host_->http->on_cancel(host_, token_, detail::make_notify(std::move(callback)));
}

}  // namespace plughost::sdk
