#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pool/backlog.hpp"
#include "pool/pool.hpp"
#include "pool/worker.hpp"

namespace plughost::python::pool {

/// The pool at work: a bounded backlog, N slots, and two threads of its own.
///
/// The feeder hands batches to the executors; so does the manager thread of an executor whose
/// submit has just come back, which saves a thread switch. The keeper sees deaths, settles what the
/// dead worker held, starts the next one, takes tasks back that wait behind a slow one, and answers
/// those whose time is up. The GIL is held only while submits are handed over.
///
/// Owner:   shared by PoolBackend and the callbacks in flight.
/// Threads: as Backend says; mutex_ is never held while Python or the host is called.
class Engine final : public std::enable_shared_from_this<Engine> {
 public:
  Engine(const ph_host* host, const PoolSettings& settings);
  ~Engine();

  void add_route(const RouteTarget& route);
  bool submit(const Job& job) noexcept;
  void start();
  bool drain(std::uint64_t deadline_ns);
  void stop();
  std::string health() const;

 private:
  /// A reserved box and what goes into it.
  struct Parcel {
    std::shared_ptr<Worker> worker;
    unsigned box;
    Batch batch;
    std::vector<Definition> news;
  };

  // dispatch.cpp
  void feed();
  void dispatch();
  std::optional<Parcel> reserve();
  bool can_place() const;
  std::size_t open_workers() const;
  bool pack(Parcel& parcel);
  bool post(Parcel& parcel);
  void hand_over(const std::vector<Parcel>& parcels);
  void put_back(const Parcel& parcel);

  // settle.cpp
  void on_done(const std::shared_ptr<Worker>& worker, unsigned box, Outcome outcome);
  void settle_done(Worker& worker, Box& box, Batch batch);
  void settle_dead(Worker& worker, const std::string& how, bool retry);
  std::size_t answer_ended(Batch& batch, std::string_view replies, std::size_t ended);
  void answer_lost(const Worker& worker, const Task& task, const std::string& how);
  void refuse(const Batch& batch, unsigned status, std::string_view detail);
  void settled(std::size_t n_tasks);

  // keeper.cpp
  void keep();
  void wait_for_events(std::vector<std::shared_ptr<Worker>>& dead);
  int poll_timeout_ms() const;
  void bury(const std::shared_ptr<Worker>& worker);
  void restart_due_slots();
  void start_worker(unsigned slot);
  void start_failed(Slot& slot, const std::string& why);
  void on_ready(const std::shared_ptr<Worker>& worker, bool useless, const std::string& trouble);
  void kill_late_starters();
  Clock::duration start_limit() const;
  void tick();
  void take_back(Worker& worker, bool all);
  bool hopeless() const;
  void wake_keeper();

  void log(std::int32_t level, const std::string& line) const;
  bool is_over(const Task& task) const;

  const ph_host* const host_;
  const PoolSettings settings_;

  mutable std::mutex mutex_;
  std::condition_variable feeder_wake_;
  std::condition_variable changed_;  // all settled, a worker ready, a start failed
  // Guarded by mutex_.
  TargetTable targets_;
  Backlog backlog_;
  std::vector<Slot> slots_;
  Clock::duration slowest_start_{0};
  std::size_t pending_ = 0;  // accepted and not answered
  bool feeder_asleep_ = false;
  bool starting_ = false;  // start() has not returned: a failure is final
  bool closed_ = false;    // takes no more jobs
  bool stopping_ = false;
  std::string start_error_;

  std::atomic<bool> keeper_asleep_{false};
  int keeper_event_ = -1;  // eventfd
  std::thread feeder_;
  std::thread keeper_;
};

}  // namespace plughost::python::pool
