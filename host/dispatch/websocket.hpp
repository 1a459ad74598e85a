#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/body_budget.hpp"
#include "dispatch/outcome.hpp"
#include "dispatch/request.hpp"
#include "http/websocket_deflate.hpp"
#include "http/websocket_extension.hpp"
#include "http/websocket_frame.hpp"
#include "http/websocket_reader.hpp"

namespace plughost::dispatch {

class Executor;

/// The plugin's side of one connection.
///
/// Owner:   its WebSocket, which destroys it behind closed(), or alone if the client left before.
/// Threads: one call at a time: opened, message and writable in any number, closed. On the I/O
///          thread if the route's handler does not block, else on executor threads.
class WebSocketListener {
 public:
  WebSocketListener() = default;
  WebSocketListener(const WebSocketListener&) = delete;
  WebSocketListener& operator=(const WebSocketListener&) = delete;
  virtual ~WebSocketListener() = default;

  virtual void opened(Token token) noexcept = 0;
  virtual void message(Token token, bool is_text, std::string_view bytes) noexcept = 0;
  virtual void writable(Token token) noexcept = 0;
  virtual void closed(Token token, std::uint16_t code, std::string_view reason) noexcept = 0;
};

/// What both ends agreed on at the handshake.
struct WebSocketTerms {
  std::optional<http::websocket::DeflateTerms> deflate;
  std::uint64_t max_message = UINT64_MAX;  ///< the plugin's own limit
};

/// One WebSocket connection between the I/O thread that reads and writes it and its plugin.
///
/// Out: frames go through its request's ResponseStream, one sender at a time; none follows a Close.
/// In: what the plugin shall be told waits here, and is told one by one. Once the plugin has heard
/// of the end and its listener is gone, the request is ended.
///
/// Owner:   its Request, from upgrade() until it is recycled.
/// Threads: as each part says; the parts may overlap. The plugin is called outside the locks.
/// Limits:  reading should pause unless has_room(): kRoom bytes or kRoomMessages wait, or the
///          client is behind with reading.
class WebSocket final {
 public:
  static constexpr std::size_t kRoom = 64 * 1024;
  static constexpr std::size_t kRoomMessages = 64;

  WebSocket(Request& request, std::unique_ptr<WebSocketListener> listener, WebSocketTerms terms);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  const WebSocketTerms& terms() const { return terms_; }

  // [any], by the plugin; the request is pinned

  /// Takes release whatever it returns. Text must be UTF-8. ok, backpressure, busy, cancelled.
  Outcome send(bool is_text, std::string_view bytes, Release release) noexcept;
  /// ok, busy, cancelled.
  Outcome ping(std::string_view payload) noexcept;
  /// Starts the closing handshake; messages that arrive later are not told. ok, cancelled.
  Outcome close(std::uint16_t code, std::string_view reason) noexcept;
  /// Messages wait here until resume(), or for the end. ok.
  Outcome pause() noexcept;
  /// ok.
  Outcome resume() noexcept;

  // [I/O thread], not from inside a plugin's call

  /// The 101 answer is on its way: the plugin is told, from now on through executor.
  void open(Executor& executor) noexcept;
  /// A whole message; room is what it takes of the body budget.
  void received(bool is_text, std::string bytes, BodyReservation room) noexcept;
  void answer_ping(std::string_view payload) noexcept;
  /// The server stops: a Close frame goes behind what the plugin answers to what waits here.
  void go_away() noexcept;
  /// Nothing more will be read, because of the client's Close frame or of a mistake. When the
  /// plugin has been told what waits here, answer is sent unless a Close was, and it is told why.
  void finish(http::websocket::Closing why, http::websocket::Closing answer) noexcept;
  /// The plugin takes too long to get there: sends the answer of finish now.
  void answer_close() noexcept;
  /// The client is gone: the plugin is told, of kAbnormal unless there is another reason. May be
  /// repeated.
  void lost(std::string_view reason) noexcept;
  /// False: the next news say when to ask again.
  bool has_room() noexcept;
  /// There are news: tells what resume() let go.
  void look() noexcept;
  /// A Close frame was put into the stream, or nobody would read one.
  bool is_closing() const noexcept { return close_sent_.load(std::memory_order_acquire); }

  // By an executor thread, or the I/O thread

  /// Tells the plugin some of what waits. Nothing may be touched afterwards.
  void run() noexcept;

 private:
  static constexpr std::size_t kCompressFrom = 64;  // bytes; smaller messages hardly shrink
  static constexpr std::size_t kCompressUpTo = 16 * 1024 * 1024;

  enum class Kind { open, text, binary, writable, go_away, close };
  struct Event {
    Kind kind;
    std::string bytes;
    BodyReservation room;
  };

  Outcome put_close(std::uint16_t code, std::string_view reason, bool by_plugin) noexcept;
  bool should_compress(std::size_t size) const {
    return terms_.deflate && size >= kCompressFrom && size <= kCompressUpTo;
  }
  Outcome put_compressed(bool is_text, std::string_view bytes) noexcept;
  Outcome put_message(bool is_text, bool compressed, std::string_view bytes,
                      Release& release) noexcept;
  void watch_for_room() noexcept;
  void queue(Event event) noexcept;
  std::list<Event>::iterator next_event();
  void schedule() noexcept;
  bool tell_next() noexcept;
  void tell(Event& event) noexcept;
  void end() noexcept;

  Request& request_;
  const WebSocketTerms terms_;
  std::unique_ptr<WebSocketListener> listener_;  // [run]
  Executor* executor_ = nullptr;                 // [I/O thread]; null: not opened

  // Rationale: held while a message is compressed, so never by the I/O thread. Locked before
  // send_mutex_, that one before mutex_ and the stream's.
  std::mutex compress_mutex_;
  std::optional<http::websocket::Deflater> deflater_;  // guarded by compress_mutex_
  std::string compressed_;                             // guarded by compress_mutex_

  std::mutex send_mutex_;                // guards the order of frames
  std::atomic<bool> close_sent_{false};  // written under send_mutex_

  std::mutex mutex_;  // guards what follows
  std::list<Event> events_;
  std::size_t waiting_bytes_ = 0;
  std::optional<http::websocket::Closing> why_;     // what the plugin will be told
  std::optional<http::websocket::Closing> answer_;  // of finish()
  bool closed_by_plugin_ = false;
  bool end_queued_ = false;
  bool scheduled_ = false;  // run() is on its way, or running
  bool paused_ = false;
  bool wants_room_ = false;  // the I/O thread waits for has_room()
};

}  // namespace plughost::dispatch
