#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "pool/backlog.hpp"
#include "pool/mailbox.hpp"
#include "pool/process.hpp"

namespace plughost::python::pool {

using Clock = std::chrono::steady_clock;

/// Room for one submit in flight.
struct Box {
  Mailbox mailbox;
  bool reserved = false;  ///< being filled, in flight or being read
  bool has_news = false;  ///< while reserved: brings definitions
  bool posted = false;    ///< batch holds what the worker was given
  Batch batch;
  std::size_t request_bytes = 0;
  std::uint64_t estimate_ns = 0;
  Clock::time_point posted_at;
  Outcome outcome = Outcome::kDone;
};

/// One generation of a slot: a process from its start to its death.
///
/// Threads: guarded by the engine's mutex, except process, which is set before others see it, and a
/// box's mailbox, which belongs to who filled or claimed the box.
struct Worker {
  static constexpr unsigned kBoxes = 2;  // one running, one ready to run

  explicit Worker(unsigned slot_index) : slot(slot_index) {}

  const unsigned slot;
  const Clock::time_point started_at = Clock::now();
  std::array<Box, kBoxes> boxes;
  std::uint32_t known_targets = 0;
  bool ready = false;    ///< takes work
  bool useless = false;  ///< cannot run anything; is being killed
  bool dead = false;     ///< takes none any more; its boxes have been or are being settled
  Clock::time_point ready_since;
  std::string trouble;  ///< what it said before it was given up
  std::unique_ptr<Process> process;
};

/// Ready, and nothing in flight.
inline bool is_idle(const Worker& worker) {
  if (!worker.ready || worker.dead) return false;
  return std::none_of(worker.boxes.begin(), worker.boxes.end(),
                      [](const Box& box) { return box.reserved; });
}

/// A place among the N workers: who has it, and when the next one may start.
struct Slot {
  std::shared_ptr<Worker> worker;  ///< null: none
  unsigned failures = 0;           ///< deaths in a row without useful work between
  unsigned failed_starts = 0;      ///< of these, before the worker was ready
  Clock::time_point restart_at;
  std::string reason;  ///< how the last one ended
};

}  // namespace plughost::python::pool
