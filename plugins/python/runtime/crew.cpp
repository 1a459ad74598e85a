#include "runtime/crew.hpp"

#include <sched.h>

#include <algorithm>

#include "runtime/clock.hpp"

namespace plughost::python {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{1};
constexpr std::chrono::milliseconds kOverduePeriod{50};  // while there is work
constexpr int kQuietLooks = 10;                          // without work, before the watcher parks
constexpr std::uint64_t kSpinNs = 10'000;

bool has_several_cores() {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 1;
}

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

Crew::Crew(unsigned threads, std::size_t capacity, Metric::Updater depth)
    : queue_(capacity),
      depth_(depth),
      members_(2 * threads),
      absent_(threads),
      may_spin_(has_several_cores()) {
  for (unsigned i = 0; i < threads; ++i) members_[i].place_ = Member::Place::away;
}

bool Crew::submit(const Job& job) noexcept try {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (draining_ || stuck_ == members_.size() || !queue_.push(job)) return false;
    arrived_.store(true, std::memory_order_relaxed);
    if (active_ == 0) show_depth();  // else the watcher does
    wake = active_ == 0 && parked_ > 0 && !waking_;
    if (wake) waking_ = true;
  }
  if (wake) parked_cv_.notify_one();
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

bool Crew::wait_for_turn(Member& me) {
  std::unique_lock lock(mutex_);
  if (me.stuck_) {
    if (in_service() >= members_.size() / 2) return false;
    me.stuck_ = false;
    --stuck_;
  }
  enter(me, Member::Place::parked);
  parked_cv_.wait(lock, [this] { return stopping_ || (active_ == 0 && queue_.size() > 0); });
  if (stopping_) return false;
  enter(me, Member::Place::active);
  return true;
}

Batch* Crew::next(Batch* done) {
  const std::lock_guard lock(mutex_);
  if (done != nullptr) queue_.give_back(done);
  arrived_.store(false, std::memory_order_relaxed);
  return stopping_ ? nullptr : queue_.next();
}

void Crew::step_aside(Member& me) {
  const std::lock_guard lock(mutex_);
  enter(me, Member::Place::aside);
  me.aside.store(true, std::memory_order_release);
  wake_one_if_idle();
}

bool Crew::step_back(Member& me) {
  const std::lock_guard lock(mutex_);
  me.aside.store(false, std::memory_order_relaxed);
  me.waited.store(false, std::memory_order_relaxed);
  if (active_ > 0 || me.stuck_) return false;
  enter(me, Member::Place::active);
  return true;
}

bool Crew::spin_for_work(std::uint64_t& now_ns) const {
  if (!may_spin_) return false;
  const std::uint64_t end_ns = now_ns + kSpinNs;
  do {
    if (arrived_.load(std::memory_order_relaxed)) return true;
    pause_briefly();
    now_ns = python::now_ns();
  } while (now_ns < end_ns);
  return false;
}

void Crew::end_turn(Member& me, Batch* done) {
  const std::lock_guard lock(mutex_);
  if (done != nullptr) queue_.give_back(done);
  me.aside.store(false, std::memory_order_relaxed);
  enter(me, Member::Place::away);
}

void Crew::leave(Member& me) {
  const std::lock_guard lock(mutex_);
  if (me.stuck_) --stuck_;
  enter(me, me.stuck_ ? Member::Place::absent : Member::Place::left);
  me.stuck_ = false;
}

bool Crew::mark_stuck(Member& member, std::uint64_t turn) {
  const std::lock_guard lock(mutex_);
  if (member.place_ != Member::Place::aside) return false;
  if (member.turn.load(std::memory_order_relaxed) != turn) return false;
  member.stuck_ = true;
  ++stuck_;
  return true;
}

// The mutex keeps a route that is in use here: may_be_in says no only afterwards.

std::string Crew::handler(const Member& member, std::uint64_t turn) const {
  const std::lock_guard lock(mutex_);
  if (member.turn.load(std::memory_order_acquire) != turn) return {};
  return member.route.load(std::memory_order_relaxed)->spec;
}

std::set<std::string> Crew::handlers() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> specs;
  for (const Member& member : members_) {
    if (member.is_in_call()) specs.insert(member.route.load(std::memory_order_relaxed)->spec);
  }
  return specs;
}

bool Crew::may_be_in(const std::function<bool(const RouteTarget*)>& of) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    const bool works =
        member.place_ == Member::Place::active || member.place_ == Member::Place::aside;
    // Between two calls it may still be leaving the first.
    return works && (!member.is_in_call() || of(member.route.load(std::memory_order_relaxed)));
  });
}

Member* Crew::bring_in() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return nullptr;
  for (Member& member : members_) {
    if (member.place_ != Member::Place::absent) continue;
    enter(member, Member::Place::away);
    return &member;
  }
  return nullptr;
}

std::size_t Crew::in_service() const { return members_.size() - absent_ - left_ - stuck_; }

std::size_t Crew::stuck() const {
  const std::lock_guard lock(mutex_);
  return stuck_;
}

void Crew::enter(Member& member, Member::Place place) {
  using Place = Member::Place;
  if (member.place_ == Place::active) --active_;
  if (member.place_ == Place::aside) --aside_;
  if (member.place_ == Place::parked) --parked_;
  if (member.place_ == Place::absent) --absent_;
  member.place_ = place;
  if (place == Place::active) {
    ++active_;
    ++activations_;
    waking_ = false;
    if (watcher_parked_) watcher_cv_.notify_one();
  }
  if (place == Place::aside) ++aside_;
  if (place == Place::parked) ++parked_;
  if (place == Place::left) ++left_;
  if (place == Place::absent) ++absent_;
  if (draining_) control_cv_.notify_one();
}

void Crew::wake_one_if_idle() {
  if (active_ > 0 || parked_ == 0 || waking_ || queue_.size() == 0) return;
  waking_ = true;
  parked_cv_.notify_one();
}

void Crew::look(const std::function<bool(std::size_t)>& waits) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    const std::uint64_t turn = member.turn.load(std::memory_order_relaxed);
    if (member.place_ == Member::Place::active && turn % 2 == 1 && turn == member.seen_turn_) {
      member.waited.store(waits(i), std::memory_order_relaxed);
      member.aside.store(true, std::memory_order_release);
      enter(member, Member::Place::aside);
    }
    member.seen_turn_ = turn;
  }
  show_depth();
  wake_one_if_idle();
}

void Crew::watch(const std::function<bool(std::size_t)>& waits,
                 const std::function<TimePoint()>& overdue) {
  int quiet = 0;
  TimePoint due = TimePoint::min();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    quiet = active_ == 0 ? quiet + 1 : 0;
    const std::uint64_t seen = activations_;
    if (quiet > kQuietLooks || steady_clock::now() >= due) {
      lock.unlock();
      due = overdue();
      lock.lock();
    }
    if (quiet > kQuietLooks) {
      watcher_parked_ = true;
      watcher_cv_.wait_until(lock, due, [&] { return stopping_ || activations_ != seen; });
      watcher_parked_ = false;
      quiet = 0;
    }
    watcher_cv_.wait_for(lock, kLook, [this] { return stopping_; });
    look(waits);
    due = std::min(due, steady_clock::now() + kOverduePeriod);
  }
}

bool Crew::all_done() const { return queue_.size() == 0 && active_ == 0 && aside_ == 0; }

bool Crew::wait_until_done(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  return control_cv_.wait_until(lock, deadline, [this] { return all_done(); });
}

std::vector<Job> Crew::take_queued() {
  const std::lock_guard lock(mutex_);
  std::vector<Job> jobs;
  queue_.take_all(jobs);
  show_depth();
  return jobs;
}

bool Crew::dismiss(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  stopping_ = true;
  parked_cv_.notify_all();
  watcher_cv_.notify_all();
  return control_cv_.wait_until(lock, deadline,
                                [this] { return left_ + absent_ == members_.size(); });
}

bool Crew::has_left(const Member& member) {
  const std::lock_guard lock(mutex_);
  return member.place_ == Member::Place::left || member.place_ == Member::Place::absent;
}

}  // namespace plughost::python
