#pragma once

#include <cstdint>

#include "dispatch/request.hpp"

namespace plughost::dispatch {

/// The life of one request's answer, in one atomic word: generation, pins, flags.
///
/// Every transition names the generation it means, so a stale token changes nothing. A pin keeps
/// the slot from being recycled while a thread that made no terminal call looks into it; it is held
/// for a few instructions only, or for the copy of what a plugin writes.
///
/// Threads: every function on [any], lock-free, unless it says otherwise.
class RequestState final {
 public:
  enum class Claim {
    won,        ///< the caller alone may fill in the answer and must post the request
    cancelled,  ///< as won, but nobody waits: post without an answer
    stale,      ///< nothing happened
    state,      ///< nothing happened: another kind of answer is expected
  };

  /// The terminal call: of a whole answer, or (ends_stream) of one that was begun by begin_stream.
  /// Takes a pending cancel callback out and runs its release.
  static Claim claim(Request& request, std::uint32_t generation, bool ends_stream = false) noexcept;

  enum class Entry {
    entered,    ///< pinned
    cancelled,  ///< nobody waits for bytes any more; the terminal call is owed all the same
    stale,
    state,  ///< not in this order
  };

  /// The answer becomes a stream; from now on only the client's leaving can cancel it. entered: the
  /// caller alone makes response_stream, then calls publish_stream.
  static Entry begin_stream(Request& request, std::uint32_t generation) noexcept;
  /// response_stream is complete. Takes the pin of begin_stream back.
  static void publish_stream(Request& request) noexcept;
  /// entered: response_stream may be used until unpin.
  static Entry enter_stream(Request& request, std::uint32_t generation) noexcept;
  /// entered: the fields may be used until unpin.
  static Entry enter(Request& request, std::uint32_t generation) noexcept;

  /// After begin_stream: response_stream and websocket are complete, and for the plugin the request
  /// is over: its calls are `stale`. Takes a pending cancel callback out and runs its release.
  /// Keeps the pin.
  static void publish_upgrade(Request& request) noexcept;
  /// entered: websocket may be used until unpin. cancelled: the client is gone.
  static Entry enter_upgraded(Request& request, std::uint32_t generation) noexcept;
  static bool is_upgraded(const Request& request) noexcept;
  /// The plugin is through with the connection; the caller must post the request.
  static void end_upgrade(Request& request) noexcept;

  /// True if a terminal call of this generation is still owed.
  static bool owed(const Request& request, std::uint32_t generation) noexcept;

  /// True once cancelled, answered or stale.
  static bool is_cancelled(const Request& request, std::uint32_t generation) noexcept;

  /// True once the host answered in the plugin's place, the client is gone, or stale.
  static bool is_detached(const Request& request, std::uint32_t generation) noexcept;

  /// The host answers in the plugin's place (deadline, forced stop) or the client is gone: later
  /// terminal calls are `cancelled`. False: the plugin's own answer is on its way. Fires the cancel
  /// callback. [I/O thread], not from inside a plugin's call.
  static bool detach(Request& request) noexcept;
  /// The same, but false if begin_stream was first.
  static bool detach_unless_streaming(Request& request) noexcept;

  /// A hint that the client may have left; an answer still counts. Fires the cancel callback.
  /// [I/O thread], not from inside a plugin's call.
  static void hint_cancelled(Request& request) noexcept;

  enum class Registration { done, cancelled, stale, repeated };
  /// done: the callback may run once. Otherwise it was not taken and its release did not run.
  static Registration register_cancel(Request& request, std::uint32_t generation,
                                      const Notification& callback) noexcept;

  /// Keeps the slot's fields readable until unpin, of a connection too. False: stale.
  static bool pin(Request& request, std::uint32_t generation) noexcept;
  static void unpin(Request& request) noexcept;

  /// A new generation that owes an answer. [I/O thread]
  static void open(Request& request) noexcept;
  /// Waits out pins (a few instructions, or the copy of a piece). [I/O thread], after the terminal
  /// call.
  static void close(Request& request) noexcept;

  static std::uint32_t generation(const Request& request) noexcept;

 private:
  static bool detach(Request& request, std::uint64_t unless) noexcept;
  static Entry enter(Request& request, std::uint32_t generation, std::uint64_t with,
                     std::uint64_t without, std::uint64_t set) noexcept;
  static void fire(Request& request, std::uint64_t old_state) noexcept;
};

}  // namespace plughost::dispatch
