#include "dispatch/request_state.hpp"

#include <thread>

namespace plughost::dispatch {
namespace {

constexpr std::uint64_t kOwed = 1;           // no terminal call yet
constexpr std::uint64_t kCancelled = 2;      // what is_cancelled says
constexpr std::uint64_t kDetached = 4;       // the sink no longer waits for the plugin
constexpr std::uint64_t kHasCallback = 8;    // cancel_callback_ is complete
constexpr std::uint64_t kCallbackUsed = 16;  // on_cancel was called
constexpr std::uint64_t kStarted = 32;       // the answer is a stream: no 504 any more
constexpr std::uint64_t kStreaming = 64;     // response_stream is complete
constexpr std::uint64_t kUpgraded = 128;     // websocket is complete; owed by the host itself
constexpr std::uint64_t kPin = 1 << 8;
constexpr std::uint64_t kPins = 0xFF00;

std::uint32_t generation_of(std::uint64_t state) { return static_cast<std::uint32_t>(state >> 32); }

/// The plugin owes a terminal call.
bool owes(std::uint64_t state, std::uint32_t generation) {
  return generation_of(state) == generation && (state & (kOwed | kUpgraded)) == kOwed;
}

/// The slot is in a plugin's hands, as a request or as a connection.
bool lives(std::uint64_t state, std::uint32_t generation) {
  return generation_of(state) == generation && (state & kOwed) != 0;
}

/// Whether a terminal call of that kind fits. Where nobody waits any kind does.
bool fits(std::uint64_t state, bool ends_stream) {
  if ((state & kDetached) != 0) return (state & kStarted) == 0 || (state & kStreaming) != 0;
  return (state & kStarted) == 0 ? !ends_stream : ends_stream && (state & kStreaming) != 0;
}

}  // namespace

RequestState::Claim RequestState::claim(Request& request, std::uint32_t generation,
                                        bool ends_stream) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if (!owes(state, generation)) return Claim::stale;
    if (!fits(state, ends_stream)) return Claim::state;
  } while (!request.state_.compare_exchange_weak(state, state & ~(kOwed | kHasCallback),
                                                 std::memory_order_acq_rel));
  if ((state & kHasCallback) != 0) request.cancel_callback_.release.run();
  return (state & kDetached) != 0 ? Claim::cancelled : Claim::won;
}

bool RequestState::owed(const Request& request, std::uint32_t generation) noexcept {
  return owes(request.state_.load(std::memory_order_acquire), generation);
}

bool RequestState::is_cancelled(const Request& request, std::uint32_t generation) noexcept {
  const auto state = request.state_.load(std::memory_order_acquire);
  return !owes(state, generation) || (state & kCancelled) != 0;
}

bool RequestState::is_detached(const Request& request, std::uint32_t generation) noexcept {
  const auto state = request.state_.load(std::memory_order_acquire);
  return !owes(state, generation) || (state & kDetached) != 0;
}

RequestState::Entry RequestState::enter(Request& request, std::uint32_t generation,
                                        std::uint64_t with, std::uint64_t without,
                                        std::uint64_t set) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if (!owes(state, generation)) return Entry::stale;
    if ((state & kDetached) != 0) return Entry::cancelled;
    if ((state & with) != with || (state & without) != 0) return Entry::state;
    if ((state & kPins) == kPins) return Entry::state;
  } while (!request.state_.compare_exchange_weak(state, (state | set) + kPin,
                                                 std::memory_order_acq_rel));
  return Entry::entered;
}

RequestState::Entry RequestState::begin_stream(Request& request,
                                               std::uint32_t generation) noexcept {
  return enter(request, generation, 0, kStarted, kStarted);
}

void RequestState::publish_stream(Request& request) noexcept {
  request.state_.fetch_or(kStreaming, std::memory_order_acq_rel);
  unpin(request);
}

RequestState::Entry RequestState::enter_stream(Request& request,
                                               std::uint32_t generation) noexcept {
  return enter(request, generation, kStreaming, 0, 0);
}

RequestState::Entry RequestState::enter(Request& request, std::uint32_t generation) noexcept {
  return enter(request, generation, 0, 0, 0);
}

void RequestState::publish_upgrade(Request& request) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  while (!request.state_.compare_exchange_weak(
      state, (state | kStreaming | kUpgraded) & ~kHasCallback, std::memory_order_acq_rel)) {
  }
  if ((state & kHasCallback) != 0) request.cancel_callback_.release.run();
}

RequestState::Entry RequestState::enter_upgraded(Request& request,
                                                 std::uint32_t generation) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if (!lives(state, generation) || (state & kUpgraded) == 0) return Entry::stale;
    if ((state & kDetached) != 0 || (state & kPins) == kPins) return Entry::cancelled;
  } while (!request.state_.compare_exchange_weak(state, state + kPin, std::memory_order_acq_rel));
  return Entry::entered;
}

bool RequestState::is_upgraded(const Request& request) noexcept {
  return (request.state_.load(std::memory_order_acquire) & kUpgraded) != 0;
}

void RequestState::end_upgrade(Request& request) noexcept {
  request.state_.fetch_and(~(kOwed | kUpgraded), std::memory_order_acq_rel);
}

bool RequestState::detach(Request& request) noexcept { return detach(request, 0); }

bool RequestState::detach_unless_streaming(Request& request) noexcept {
  return detach(request, kStarted);
}

bool RequestState::detach(Request& request, std::uint64_t unless) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if ((state & kOwed) == 0 || (state & unless) != 0) return false;
  } while (!request.state_.compare_exchange_weak(
      state, (state | kCancelled | kDetached) & ~kHasCallback, std::memory_order_acq_rel));
  fire(request, state);
  return true;
}

void RequestState::hint_cancelled(Request& request) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if ((state & kOwed) == 0) return;
  } while (!request.state_.compare_exchange_weak(state, (state | kCancelled) & ~kHasCallback,
                                                 std::memory_order_acq_rel));
  fire(request, state);
}

void RequestState::fire(Request& request, std::uint64_t old_state) noexcept {
  if ((old_state & kHasCallback) == 0) return;
  // Whoever cleared kHasCallback owns the callback. The slot cannot be recycled meanwhile: that
  // happens on this thread.
  auto& callback = request.cancel_callback_;
  callback.fn(callback.release.ctx, request.token());
  callback.release.run();
}

RequestState::Registration RequestState::register_cancel(Request& request, std::uint32_t generation,
                                                         const Notification& callback) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if (!owes(state, generation)) return Registration::stale;
    if ((state & kCallbackUsed) != 0) return Registration::repeated;
    if ((state & kCancelled) != 0) return Registration::cancelled;
    if ((state & kPins) == kPins) return Registration::repeated;
  } while (!request.state_.compare_exchange_weak(state, (state | kCallbackUsed) + kPin,
                                                 std::memory_order_acq_rel));
  request.cancel_callback_ = callback;  // ours alone: kCallbackUsed is set once, the pin holds it

  state = request.state_.load(std::memory_order_acquire);
  auto result = Registration::done;
  std::uint64_t next = 0;
  do {
    result = !owes(state, generation)    ? Registration::stale
             : (state & kCancelled) != 0 ? Registration::cancelled
                                         : Registration::done;
    next = (result == Registration::done ? state | kHasCallback : state) - kPin;
  } while (!request.state_.compare_exchange_weak(state, next, std::memory_order_acq_rel));
  return result;
}

bool RequestState::pin(Request& request, std::uint32_t generation) noexcept {
  auto state = request.state_.load(std::memory_order_acquire);
  do {
    if (!lives(state, generation) || (state & kPins) == kPins) return false;
  } while (!request.state_.compare_exchange_weak(state, state + kPin, std::memory_order_acq_rel));
  return true;
}

void RequestState::unpin(Request& request) noexcept {
  request.state_.fetch_sub(kPin, std::memory_order_acq_rel);
}

void RequestState::open(Request& request) noexcept {
  auto next = generation(request) + 1;
  if (next == 0) next = 1;  // generation 0 would let slot 0 have token 0
  request.state_.store(std::uint64_t{next} << 32 | kOwed, std::memory_order_release);
}

void RequestState::close(Request& request) noexcept {
  while ((request.state_.load(std::memory_order_acquire) & kPins) != 0) std::this_thread::yield();
}

std::uint32_t RequestState::generation(const Request& request) noexcept {
  return generation_of(request.state_.load(std::memory_order_relaxed));
}

}  // namespace plughost::dispatch
