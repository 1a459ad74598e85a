#include "dispatch/websocket.hpp"

#include <algorithm>
#include <utility>

#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"

namespace plughost::dispatch {

using http::websocket::Closing;
using http::websocket::Opcode;

namespace {

constexpr int kEventsPerTurn = 16;  // then other connections have theirs

Opcode opcode_of(bool is_text) { return is_text ? Opcode::text : Opcode::binary; }

}  // namespace

WebSocket::WebSocket(Request& request, std::unique_ptr<WebSocketListener> listener,
                     WebSocketTerms terms)
    : request_(request), terms_(std::move(terms)), listener_(std::move(listener)) {
  if (!terms_.deflate) return;
  deflater_.emplace(terms_.deflate->server_window_bits, terms_.deflate->server_keeps_context);
}

WebSocket::~WebSocket() = default;

Outcome WebSocket::send(bool is_text, std::string_view bytes, Release release) noexcept {
  auto outcome = is_closing() ? Outcome::cancelled : request_.response_stream->admit(bytes.size());
  if (outcome == Outcome::ok) {
    outcome = should_compress(bytes.size()) ? put_compressed(is_text, bytes)
                                            : put_message(is_text, false, bytes, release);
  }
  if (outcome == Outcome::backpressure || outcome == Outcome::busy) watch_for_room();
  release.run();
  return outcome;
}

Outcome WebSocket::put_compressed(bool is_text, std::string_view bytes) noexcept {
  Release none;
  std::lock_guard lock(compress_mutex_);
  compressed_.clear();
  if (!deflater_->compress(bytes, compressed_)) return Outcome::busy;
  const auto outcome = put_message(is_text, true, compressed_, none);
  if (compressed_.capacity() > kRoom) std::string().swap(compressed_);
  return outcome;
}

Outcome WebSocket::put_message(bool is_text, bool compressed, std::string_view bytes,
                               Release& release) noexcept {
  char head[http::websocket::kFrameHead];
  const auto size =
      http::websocket::write_frame_head(head, opcode_of(is_text), compressed, bytes.size());
  auto& stream = *request_.response_stream;
  std::lock_guard lock(send_mutex_);
  if (is_closing()) return Outcome::cancelled;
  stream.put({head, size}, bytes, std::exchange(release, {}));
  return stream.is_behind() ? Outcome::backpressure : Outcome::ok;
}

/// Rationale: the stream's notification is for one time; one that is registered already will do.
void WebSocket::watch_for_room() noexcept {
  const auto writable = [](void* ctx, Token) noexcept {
    static_cast<WebSocket*>(ctx)->queue({Kind::writable, {}, {}});
  };
  request_.response_stream->on_writable({writable, {nullptr, this}});
}

Outcome WebSocket::ping(std::string_view payload) noexcept {
  auto& stream = *request_.response_stream;
  std::lock_guard lock(send_mutex_);
  if (is_closing()) return Outcome::cancelled;
  const auto outcome = stream.admit(payload.size());
  if (outcome == Outcome::ok) {
    stream.put(http::websocket::control_frame(Opcode::ping, payload), {});
  }
  return outcome;
}

void WebSocket::answer_ping(std::string_view payload) noexcept {
  std::lock_guard lock(send_mutex_);
  if (is_closing()) return;
  request_.response_stream->put(http::websocket::control_frame(Opcode::pong, payload), {});
}

Outcome WebSocket::close(std::uint16_t code, std::string_view reason) noexcept {
  return put_close(code, reason, true);
}

Outcome WebSocket::pause() noexcept {
  std::lock_guard lock(mutex_);
  paused_ = true;
  return Outcome::ok;
}

/// Rationale: the I/O thread goes on with the telling, for it may be its own to do.
Outcome WebSocket::resume() noexcept {
  std::lock_guard lock(mutex_);
  const bool was_paused = std::exchange(paused_, false);
  if (was_paused && !events_.empty()) request_.post(Request::News::look);
  return Outcome::ok;
}

void WebSocket::look() noexcept {
  {
    std::lock_guard lock(mutex_);
    if (scheduled_ || next_event() == events_.end()) return;
    scheduled_ = true;
  }
  schedule();
}

void WebSocket::answer_close() noexcept {
  std::optional<Closing> answer;
  {
    std::lock_guard lock(mutex_);
    answer.swap(answer_);
  }
  if (answer) put_close(answer->code, answer->reason, false);
}

Outcome WebSocket::put_close(std::uint16_t code, std::string_view reason, bool by_plugin) noexcept {
  std::lock_guard sending(send_mutex_);
  if (is_closing()) return Outcome::cancelled;
  {
    std::lock_guard lock(mutex_);  // before the client can answer
    closed_by_plugin_ = by_plugin;
    if (!why_) why_ = Closing{code, std::string(reason)};
  }
  auto& stream = *request_.response_stream;
  stream.put(http::websocket::close_frame(code, reason), {});
  close_sent_.store(true, std::memory_order_release);
  stream.nudge();  // who looked after put may have seen no flag yet
  return Outcome::ok;
}

void WebSocket::open(Executor& executor) noexcept {
  executor_ = &executor;
  queue({Kind::open, {}, {}});
}

void WebSocket::received(bool is_text, std::string bytes, BodyReservation room) noexcept {
  queue({is_text ? Kind::text : Kind::binary, std::move(bytes), std::move(room)});
}

void WebSocket::go_away() noexcept { queue({Kind::go_away, {}, {}}); }

void WebSocket::finish(Closing why, Closing answer) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!why_) why_ = std::move(why);
    answer_ = std::move(answer);
  }
  queue({Kind::close, {}, {}});
}

void WebSocket::lost(std::string_view reason) noexcept {
  {
    std::lock_guard sending(send_mutex_);
    close_sent_ = true;
    std::lock_guard lock(mutex_);
    if (!why_) why_ = Closing{http::websocket::kAbnormal, std::string(reason)};
  }
  queue({Kind::close, {}, {}});
}

bool WebSocket::has_room() noexcept {
  std::lock_guard lock(mutex_);
  wants_room_ = waiting_bytes_ >= kRoom || events_.size() >= kRoomMessages;
  return !wants_room_;
}

void WebSocket::queue(Event event) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (end_queued_) return;
    end_queued_ = event.kind == Kind::close;
    waiting_bytes_ += event.bytes.size();
    events_.push_back(std::move(event));
    if (std::exchange(scheduled_, true)) return;
  }
  schedule();
}

/// mutex_ held. What the plugin is told next: no message while it pauses, until the end. After its
/// own Close it hears of none, and reading goes on for the client's.
std::list<WebSocket::Event>::iterator WebSocket::next_event() {
  if (!paused_ || end_queued_ || closed_by_plugin_) return events_.begin();
  return std::find_if(events_.begin(), events_.end(), [](const Event& event) {
    return event.kind != Kind::text && event.kind != Kind::binary;
  });
}

void WebSocket::schedule() noexcept {
  if (executor_ == nullptr || request_.handler()->nonblocking()) return run();
  executor_->submit_callbacks(request_);
}

void WebSocket::run() noexcept {
  for (int told = 0; tell_next(); ++told) {
    if (told < kEventsPerTurn || request_.handler()->nonblocking()) continue;
    return executor_->submit_callbacks(request_);
  }
}

/// False: nothing waits, or it is over and this object may be gone.
bool WebSocket::tell_next() noexcept {
  std::optional<Event> event;
  bool heed = true;
  {
    std::lock_guard lock(mutex_);
    const auto next = next_event();
    if (next == events_.end()) {
      scheduled_ = false;
      return false;
    }
    event.emplace(std::move(*next));
    events_.erase(next);
    waiting_bytes_ -= event->bytes.size();
    if (wants_room_ && waiting_bytes_ < kRoom / 2 && events_.size() < kRoomMessages / 2) {
      wants_room_ = false;
      request_.post(Request::News::look);
    }
    heed = !closed_by_plugin_;
  }
  if (event->kind == Kind::close) return end(), false;
  if (heed) tell(*event);
  return true;
}

void WebSocket::tell(Event& event) noexcept {
  const auto token = request_.token();
  switch (event.kind) {
    case Kind::open:
      return listener_->opened(token);
    case Kind::text:
    case Kind::binary:
      return listener_->message(token, event.kind == Kind::text, event.bytes);
    case Kind::writable:
      return listener_->writable(token);
    case Kind::go_away:
      put_close(http::websocket::kGoingAway, "the server is stopping", false);
      return;
    case Kind::close:
      break;
  }
}

void WebSocket::end() noexcept {
  answer_close();
  // Nobody changes why_ any more: that happens before its event is queued.
  if (executor_ != nullptr) listener_->closed(request_.token(), why_->code, why_->reason);
  listener_.reset();
  RequestState::end_upgrade(request_);
  request_.response_stream->finish({});
  request_.post(Request::News::ended);
}

}  // namespace plughost::dispatch
