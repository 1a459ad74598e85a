#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.hpp"
#include "net/io_context.hpp"
#include "net/output.hpp"
#include "net/socket.hpp"
#include "net/websocket_session.hpp"

namespace plughost::net {

using dispatch::Clock;
using dispatch::Request;

/// One client: reads requests, has them answered, writes the answers in request order.
///
/// Requests run at most pipeline_depth at once; beyond that, and while the client does not read its
/// answers, reading pauses. A body that its handler pulls is read at the handler's pace, whatever
/// becomes of the answer meanwhile; it stays the last thing read until it is over. Closing is
/// lingering (RFC 9112 section 9.6): what the client sends into a closing connection is read and
/// dropped for a moment, so that it sees the last answer.
///
/// Owner:   a Transport, which alone closes the descriptor. Threads: its I/O thread.
/// Errors:  none; alive() turns false when the descriptor may be closed.
/// Limits:  config::Limits. An idle connection keeps no buffers worth mentioning.
class Connection final : private dispatch::AnswerSink {
 public:
  /// socket is of fd.
  Connection(IoContext& context, int fd, std::unique_ptr<Socket> socket,
             std::shared_ptr<const dispatch::Endpoint> client);
  ~Connection();

  /// The descriptor became readable; saw_end: a FIN or an error is known to be behind the bytes.
  void on_readable(bool saw_end);
  /// The client is gone in both directions.
  void on_hangup();
  /// The descriptor became writable.
  void on_writable();
  /// Writes what is ready; when room appears, goes on with requests that waited for it.
  void advance();
  /// Looks at what is due. Call at next_deadline() or later.
  void on_timer(Clock::time_point now);
  /// The stop has begun: who streams is told.
  void begin_drain();
  /// The stop's deadline has passed: what is unanswered gets 503, then the connection closes.
  void force_close();
  /// Half of the stop's time has passed: truncates streams, closes unless an answer is still owed.
  void close_if_unowed();
  /// Right after the client was accepted: answers 503, then closes.
  void turn_away();
  /// Closes at once; nothing was promised to a client that is_idle().
  void close_idle() { close_in_order(); }

  /// No request of this client is being read or answered.
  bool is_idle() const;
  /// A request may be in the socket all the same.
  bool has_input() const { return socket_->has_input(); }
  Clock::time_point idle_since() const { return idle_since_; }

  /// Who the client is and where it connected to, as a trusted proxy says: of what is read next.
  void set_ends(dispatch::Endpoint client, dispatch::Endpoint server);

  bool alive() const { return state_ != State::dead; }
  bool wants_writable() const;
  /// The descriptor is writable although no new event will say so.
  bool wants_turn() const { return alive() && output_.paused(); }
  /// More bytes may be in the socket although no new event will say so.
  bool wants_read_again() const;
  Clock::time_point next_deadline() const;

  int fd() const { return fd_; }

  std::uint64_t serial = 0;  ///< the Transport's: tells users of one descriptor apart
  std::uint64_t scheduled_tick = UINT64_MAX;
  bool armed_for_writing = false;
  bool touched = false;
  bool queued_for_advance = false;  ///< in IoContext::to_advance

 private:
  enum class State {
    open,
    closing,    // the last answer is being written
    lingering,  // written; what the client still sends is dropped
    dead,
  };

  /// The body of a request whose handler runs already.
  struct Upload {
    bool active = false;         // the parser is inside of it
    bool paused = false;         // the handler is behind
    bool keep_alive = true;      // what its request asked for
    Request* request = nullptr;  // null: nobody takes it any more, what arrives is dropped
    std::string arrived;         // parsed, not yet handed on
    std::uint64_t length = 0;    // http::kUnknownLength: chunked
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;
  };

  void delivered(Request& request) override;

  // Reading
  bool can_receive() const;
  bool can_parse() const;
  bool waits_for_upgrade() const;
  void read_some(bool saw_end);
  void drop_input();
  void consume(std::string_view bytes);
  std::size_t parse(std::string_view bytes);
  bool start_request();
  bool trusts_client() const;
  bool head_complete(std::size_t behind);
  std::uint64_t body_limit(const Request& request) const;
  void request_complete();
  void dispatch_to_handler(Request& request);
  void refuse(unsigned status, std::string_view detail);
  void peer_closed();

  // Reading a body while its handler runs
  bool begin_upload();
  bool take_upload(const http::ParseProgress& progress);
  void upload_news(Request& request);
  void fail_upload(unsigned status, std::string_view detail);
  void end_upload();
  void stop_reading();
  bool upload_forbids_reuse() const;

  // Answering
  void answered(Request& request);
  void answer_from_table(Request& request);
  void answer_here(Request& request, unsigned status, std::string_view detail,
                   std::string_view allow = {});
  void answer_in_place_of(Request*& request, unsigned status, std::string_view detail);
  void queue_advance();
  void fill_output();
  bool write_some();
  bool closes_after(const Request& request) const;
  void begin_session(Request& request);
  bool continue_is_due() const;

  // Closing
  bool waits_for_client() const;
  std::chrono::milliseconds read_patience() const;
  void forget_unread();
  void enter_lingering();
  void cut();
  void close_in_order();
  void die();

  IoContext& context_;
  const int fd_;
  const std::unique_ptr<Socket> socket_;
  std::shared_ptr<const dispatch::Endpoint> client_;
  std::shared_ptr<const dispatch::Endpoint> server_;
  bool client_is_trusted_;  // what it says of others is believed
  State state_ = State::open;
  http::RequestParser parser_;
  std::string input_;               // read, not yet parsed
  Request* current_ = nullptr;      // being read
  std::vector<Request*> pipeline_;  // read and not yet written, in order
  Output output_;
  Upload upload_;
  std::unique_ptr<WebSocketSession> session_;  // what reads instead of parser_, once upgraded
  bool may_upgrade_ = false;  // the last request asks for another protocol; its answer will tell
  bool is_its_turn_ = false;  // output that paused may go on
  bool reading_body_ = false;
  bool last_read_ = false;    // nothing behind what was read is served
  bool half_closed_ = false;  // the client sends no more
  bool unread_ = false;       // the socket may hold bytes that no new event will announce
  bool owes_continue_ = false;
  Clock::time_point idle_since_;
  Clock::time_point read_since_;   // the start, the head's first byte, or the body's latest
  Clock::time_point write_since_;  // the latest progress of blocked output
  Clock::time_point linger_since_;
};

}  // namespace plughost::net
