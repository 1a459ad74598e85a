#pragma once

#include <plughost/abi/abi.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "loop/inbox.hpp"

namespace plughost::python::loop {

/// What the host tells of one WebSocket connection, until the event loop comes for it.
///
/// Messages are copied here. When there is no room the host is asked to pause, and so holds the
/// client back, until half of it is free.
///
/// Owner:   the connection's call and the callbacks that the host holds, which share it.
/// Threads: the callbacks on the host's, without the GIL; the rest on the loop's.
/// Limits:  kRoom bytes or kRoomMessages, and one message more.
class SocketInbox final {
 public:
  static constexpr std::size_t kRoom = 64 * 1024;
  static constexpr std::size_t kRoomMessages = 64;

  struct Message {
    bool is_text = false;
    std::string bytes;
  };

  struct End {
    std::uint32_t code = PH_WS_ABNORMAL;
    std::string reason;
  };

  /// api knows pause_reading. News of the kind `socket` go to inbox.
  SocketInbox(const ph_host* host, const ph_websocket_api& api, std::shared_ptr<Inbox> inbox,
              ph_websocket token);

  /// For upgrade(), which takes the share that is in it.
  static ph_websocket_callbacks callbacks(std::shared_ptr<SocketInbox> socket);

  /// The next message. Empty: there is none now, and news will tell of one.
  std::optional<Message> take();
  /// Whether the client takes bytes again, said once.
  bool take_writable();
  /// There once no message follows those that wait.
  std::optional<End> end() const;

 private:
  static void on_message(void* ctx, ph_websocket token, std::uint32_t kind, ph_buf bytes) noexcept;
  static void on_writable(void* ctx, ph_websocket token) noexcept;
  static void on_close(void* ctx, ph_websocket token, std::uint32_t code, ph_str reason) noexcept;
  static void release(void* ctx) noexcept;

  void add(Message message);
  void finish(End end);
  bool is_full() const { return bytes_ >= kRoom || messages_.size() >= kRoomMessages; }
  bool has_room() const { return bytes_ < kRoom / 2 && messages_.size() < kRoomMessages / 2; }

  const ph_host* const host_;
  const ph_websocket_api& api_;
  const std::shared_ptr<Inbox> inbox_;
  const ph_websocket token_;

  // Rationale: held while the host is told to pause or to go on, so that it hears of both in order.
  mutable std::mutex mutex_;  // guards what follows
  std::deque<Message> messages_;
  std::size_t bytes_ = 0;
  std::optional<End> end_;
  bool is_paused_ = false;
  bool is_writable_ = false;
  bool is_awaited_ = false;  // the loop has found no message
};

}  // namespace plughost::python::loop
