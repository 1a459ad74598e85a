#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "pool/backlog.hpp"
#include "pool/mailbox.hpp"
#include "pool/process.hpp"
#include "pool/session.hpp"

namespace plughost::python::pool {

using Clock = std::chrono::steady_clock;

/// Room for one batch on its way through the worker.
struct Box {
  Mailbox mailbox;
  bool posted = false;  ///< batch holds what the worker was given
  Batch batch;
  std::uint64_t estimate_ns = 0;
  Clock::time_point posted_at;
  std::uint32_t begun_before = 0;  ///< at the feeder's last look
};

/// Whether some of what the worker was given can be taken back.
inline bool has_not_begun_all(const Box& box) {
  return box.posted && box.mailbox.begun() < box.batch.size();
}

/// One generation of a slot: a process from its start to its death.
///
/// Threads: guarded by the engine's mutex, except process, which is set before others see it, the
/// session, and a box's mailbox, which belongs to who fills or has claimed the box.
struct Worker {
  static constexpr unsigned kBoxes = Session::kBoxes;

  explicit Worker(unsigned slot_index) : slot(slot_index) {}

  Box& box(std::uint32_t number) { return boxes[number % kBoxes]; }
  /// Batches that are being filled, in flight or being read.
  std::uint32_t in_hand() const { return reserved - gathered; }
  bool takes_work() const { return ready && !useless && !dead && !retiring; }
  bool has_retired(const Ending& ending) const { return retiring && ending.code == 0; }
  bool is_idle() const { return takes_work() && in_hand() == 0; }

  const unsigned slot;
  const Clock::time_point started_at = Clock::now();
  Session session;
  std::array<Box, kBoxes> boxes;
  std::uint32_t reserved = 0;  ///< number of the next batch
  std::uint32_t gathered = 0;  ///< batches whose boxes are free again
  std::uint32_t known_targets = 0;
  bool ready = false;     ///< takes work
  bool useless = false;   ///< cannot run anything; is being killed
  bool raised = false;    ///< its own code failed; is being killed
  bool killed = false;    ///< by this engine, while it lived
  bool overdue = false;   ///< killed for a task past its deadline
  bool retiring = false;  ///< finishes what it has, then leaves
  bool dead = false;      ///< takes none any more; its boxes have been or are being settled
  Clock::time_point ready_since;
  std::string trouble;  ///< what it said before it was given up

  std::uint64_t tasks = 0;  ///< done so far
  std::uint64_t task_limit = UINT64_MAX;
  std::uint64_t rss_bytes = 0;  ///< the keeper's: at its last look
  Clock::time_point retires_at = Clock::time_point::max();
  Clock::time_point left_at;  ///< when it was told to leave
  std::string retirement;     ///< why a successor is under way; empty: none is

  std::unique_ptr<Process> process;
};

/// A place among the N workers: who has it, and when the next one may start.
struct Slot {
  std::shared_ptr<Worker> worker;  ///< null: none
  bool wanted = true;              ///< a worker belongs here; false: one may be here for a while
  unsigned failures = 0;           ///< deaths in a row without useful work between
  unsigned failed_starts = 0;      ///< of these, before the worker was ready
  Clock::time_point restart_at;
  std::string reason;  ///< how the last one ended
};

/// How long a slot stays empty after that many failures in a row: 0, 50 ms, 100 ms ... 2 s.
std::chrono::milliseconds back_off(unsigned failures);

}  // namespace plughost::python::pool
