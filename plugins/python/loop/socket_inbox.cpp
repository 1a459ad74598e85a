#include "loop/socket_inbox.hpp"

#include <utility>

#include "core/views.hpp"

namespace plughost::python::loop {
namespace {

using Share = std::shared_ptr<SocketInbox>;

}  // namespace

SocketInbox::SocketInbox(const ph_host* host, const ph_websocket_api& api,
                         std::shared_ptr<Inbox> inbox, ph_websocket token)
    : host_(host), api_(api), inbox_(std::move(inbox)), token_(token) {}

ph_websocket_callbacks SocketInbox::callbacks(std::shared_ptr<SocketInbox> socket) {
  ph_websocket_callbacks callbacks{};
  callbacks.size = sizeof(callbacks);
  callbacks.ctx = new Share(std::move(socket));
  callbacks.on_message = &on_message;
  callbacks.on_writable = &on_writable;
  callbacks.on_close = &on_close;
  callbacks.release = &release;
  return callbacks;
}

std::optional<SocketInbox::Message> SocketInbox::take() {
  const std::lock_guard lock(mutex_);
  is_awaited_ = messages_.empty();
  if (is_awaited_) return std::nullopt;
  std::optional<Message> message(std::move(messages_.front()));
  messages_.pop_front();
  bytes_ -= message->bytes.size();
  if (is_paused_ && has_room()) {
    is_paused_ = false;
    api_.resume_reading(host_, token_);
  }
  return message;
}

bool SocketInbox::take_writable() {
  const std::lock_guard lock(mutex_);
  return std::exchange(is_writable_, false);
}

std::optional<SocketInbox::End> SocketInbox::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

void SocketInbox::add(Message message) {
  {
    const std::lock_guard lock(mutex_);
    bytes_ += message.bytes.size();
    messages_.push_back(std::move(message));
    if (!is_paused_ && is_full()) {
      is_paused_ = true;
      api_.pause_reading(host_, token_);
    }
    if (!std::exchange(is_awaited_, false)) return;
  }
  inbox_->post(News::Kind::socket, token_);
}

void SocketInbox::finish(End end) {
  {
    const std::lock_guard lock(mutex_);
    if (end_) return;
    end_ = std::move(end);
  }
  inbox_->post(News::Kind::socket, token_);
}

void SocketInbox::on_message(void* ctx, ph_websocket, std::uint32_t kind, ph_buf bytes) noexcept {
  (*static_cast<Share*>(ctx))->add({kind == PH_WS_TEXT, std::string(view(bytes))});
}

void SocketInbox::on_writable(void* ctx, ph_websocket) noexcept {
  SocketInbox& socket = **static_cast<Share*>(ctx);
  {
    const std::lock_guard lock(socket.mutex_);
    socket.is_writable_ = true;
  }
  socket.inbox_->post(News::Kind::socket, socket.token_);
}

void SocketInbox::on_close(void* ctx, ph_websocket, std::uint32_t code, ph_str reason) noexcept {
  (*static_cast<Share*>(ctx))->finish({code, std::string(view(reason))});
}

/// Without on_close if the client left before its 101 was written.
void SocketInbox::release(void* ctx) noexcept {
  const std::unique_ptr<Share> share(static_cast<Share*>(ctx));
  (*share)->finish({});
}

}  // namespace plughost::python::loop
