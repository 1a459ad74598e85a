#pragma once

namespace plughost::dispatch {

/// A thread that is told by wake_up() that something waits for it.
class Sleeper {
 public:
  /// [any] Once more than needed does no harm.
  virtual void wake_up() noexcept = 0;

 protected:
  ~Sleeper() = default;
};

/// Answers that a thread makes one after another: between begin() and end() it may put off to wake
/// who is to write them, so that one wake-up serves many. To see that nobody waits for long is up
/// to the Sleeper.
///
/// Threads: [any]; each has a batch of its own.
class AnswerBatch final {
 public:
  static void begin() noexcept;
  /// Wakes those that were put off. Nothing if there was no begin().
  static void end() noexcept;
  /// True: end() will wake sleeper. False: there is no batch, or it has no room.
  static bool put_off(Sleeper& sleeper) noexcept;
};

}  // namespace plughost::dispatch
