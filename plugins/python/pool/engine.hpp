#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pool/backlog.hpp"
#include "pool/measures.hpp"
#include "pool/pool.hpp"
#include "pool/worker.hpp"

namespace plughost::python::pool {

/// The pool at work: a bounded backlog, N slots, and two threads of its own.
///
/// The feeder packs batches into the workers' mailboxes, takes the replies out and answers: none of
/// it needs the GIL. It sleeps at a doorbell that workers ring when they have finished a batch, and
/// submit() when a request could be placed. The keeper sees deaths, settles what the dead worker
/// held, starts the next one, and answers requests whose time is up; it takes the GIL to start and
/// to end workers. Both take tasks back that wait behind a slow one.
///
/// Owner:   shared by PoolBackend and the callbacks in flight.
/// Threads: as Backend says; mutex_ is never held while Python or the host is called.
class Engine final : public std::enable_shared_from_this<Engine> {
 public:
  Engine(const ph_host* host, const PoolSettings& settings);
  ~Engine();

  void add_route(const RouteTarget& route);
  bool submit(const Job& job) noexcept;
  Admission call(std::unique_ptr<Call>& call);
  bool withdraw(std::uint64_t number);
  void start(std::chrono::milliseconds limit);
  void launch();
  bool drain(std::uint64_t deadline_ns);
  void retire();
  bool is_over() const;
  void stop();
  std::string health() const;

 private:
  Admission admit(const Job& job, Call* call);
  bool all_ready() const;

  /// A reserved box and what goes into it.
  struct Parcel {
    std::shared_ptr<Worker> worker;
    Box* box;
    Batch batch;
    std::vector<Definition> news;
  };
  /// What came out of a box.
  struct Harvest {
    std::shared_ptr<Worker> worker;
    Box* box;
    Batch batch;
    std::string replies;
  };

  // dispatch.cpp
  void feed();
  bool rest();
  std::optional<Parcel> reserve();
  std::size_t open_workers() const;
  bool pack(Parcel& parcel);
  void post(Parcel& parcel);
  Doorbell& bell() const noexcept { return *static_cast<Doorbell*>(feeder_bell_.data()); }

  // settle.cpp
  void gather(std::vector<Harvest>& harvest);
  void settle_done(Harvest& done);
  void settle_dead(Worker& worker, const std::string& how, bool retry);
  std::size_t answer_ended(Batch& batch, std::string_view replies, std::size_t ended);
  static std::string in_words(const Task& task);
  void answer_lost(const Worker& worker, const Task& task, const std::string& how);
  void refuse(const Batch& batch, unsigned status, std::string_view detail);
  void settled(std::size_t n_tasks);

  // calls.cpp
  static void end(const Task& task, unsigned status, std::string bytes);
  static void end(const Task& task, Reply& reply);
  void fail(const Task& task, unsigned status, std::string_view detail);
  void dismiss(const Batch& batch);

  // keeper.cpp
  void keep();
  void wait_for_events(std::vector<std::shared_ptr<Worker>>& dead);
  int poll_timeout_ms() const;
  void bury(const std::shared_ptr<Worker>& worker);
  void restart_due_slots();
  void tick();
  void show_measures();
  bool hopeless() const;
  void wake_keeper();

  // starter.cpp
  void start_worker(unsigned slot);
  void start_failed(Slot& slot, const std::string& why);
  ProcessEvents events_of(const std::shared_ptr<Worker>& worker);
  std::string obituary(const Worker& worker, const Ending& ending, bool oom);
  std::string vacate(const Worker& worker, const Ending& ending, const std::string& line);
  void on_ready(const std::shared_ptr<Worker>& worker, bool useless, const std::string& trouble);
  void on_ended(const std::shared_ptr<Worker>& worker, Outcome outcome, const std::string& error);
  void give_up(Worker& worker);
  void kill(Worker& worker);
  void kill_late_starters();
  Clock::duration start_limit() const;
  bool starts_are_limited() const;

  // recycle.cpp
  unsigned twin(unsigned slot) const {
    return (slot + settings_.workers) % (2 * settings_.workers);
  }
  void set_limits(Worker& worker) const;
  int recycle_timeout_ms() const;
  std::string has_done_enough(const Worker& worker) const;
  void look_at_memory();
  void recycle();
  void succeed(Slot& slot, Slot& old);
  void succeed_early(Slot& slot, Slot& other);
  void keep_predecessor(Slot& slot, Slot& old);
  bool leave(Worker& worker);
  void retire_workers();

  // overdue.cpp
  void end_overdue();

  // take_back.cpp
  bool someone_could_help() const;
  void look();
  void take_back_late(Worker& worker);
  void take_back(Worker& worker);
  void take_back(Box& box);

  void log(std::int32_t level, const std::string& line) const;
  std::string name_of(const Worker& worker) const;
  bool is_over(const Task& task) const;

  /// How often the feeder looks for tasks that wait behind a slow one while a worker is idle.
  static constexpr std::chrono::milliseconds kLookPeriod{1};

  const ph_host* const host_;
  const PoolSettings settings_;
  const std::string suffix_;  // " of 'ml'"; empty for the default pool, which needs no name
  RouteTarget call_route_;    // what runs calls in a worker
  Measures measures_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // all settled, a worker ready, a start failed
  // Guarded by mutex_.
  TargetTable targets_;
  Backlog backlog_;
  std::vector<Slot> slots_;
  Clock::duration slowest_start_{0};
  std::size_t pending_ = 0;      // accepted and not answered
  Clock::time_point last_look_;  // the feeder's, at tasks behind slow ones
  bool hungry_ = false;          // the feeder sleeps and could place a request
  bool starting_ = false;        // start() has not returned: a failure is final
  bool closed_ = false;          // takes no more jobs
  bool retiring_ = false;        // workers leave when there is no more work
  bool stopping_ = false;
  std::string start_error_;

  RequestWriter writer_;  // the feeder's
  // The keeper's.
  std::uint64_t oom_kills_ = 0;  // seen so far
  Clock::time_point last_rss_look_;
  const SharedMemory feeder_bell_{sizeof(Doorbell)};
  std::atomic<bool> keeper_asleep_{false};
  int keeper_event_ = -1;  // eventfd
  std::thread feeder_;
  std::thread keeper_;
};

}  // namespace plughost::python::pool
