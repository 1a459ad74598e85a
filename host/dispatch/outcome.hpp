#pragma once

namespace plughost::dispatch {

/// What became of a plugin's call about a request.
enum class Outcome {
  ok,
  pending,       ///< not yet; the notification follows
  backpressure,  ///< accepted, but the plugin should wait for on_writable
  invalid,       ///< an argument breaks its rules; nothing happened
  busy,          ///< no room; nothing was taken
  cancelled,     ///< the client got its answer from the host or is gone; a terminal call counted
  stale,         ///< the token names no request that owes an answer; nothing happened
  state,         ///< not in this order
};

}  // namespace plughost::dispatch
