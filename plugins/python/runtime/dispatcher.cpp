#include "runtime/dispatcher.hpp"

#include <pthread.h>

#include <algorithm>
#include <limits>
#include <string>

#include "core/problem.hpp"
#include "runtime/answer.hpp"
#include "runtime/clock.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/log_bridge.hpp"
#include "runtime/thread_policy.hpp"

namespace plughost::python {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kMaxHoldNs = 2'000'000;  // then the GIL is offered to who waits for it
constexpr std::uint64_t kQuickCallNs = 500'000;  // a call this short did not wait
constexpr std::chrono::seconds kStopPatience{2};

struct Probe {
  const ph_host* host;
  ph_req token;
};

bool is_cancelled(void* ctx) noexcept {
  const auto* probe = static_cast<const Probe*>(ctx);
  return probe->host->http->is_cancelled(probe->host, probe->token) != 0;
}

bool is_past(std::uint64_t deadline_ns, std::uint64_t now_ns) {
  return deadline_ns != 0 && now_ns >= deadline_ns;
}

/// It may have arrived a moment after now, which is when the call before it had ended.
std::uint64_t waited(const Job& job, std::uint64_t now_ns) {
  if (!PH_HAS(job.head, received_ns)) return 0;
  return now_ns - std::min(job.head->received_ns, now_ns);
}

void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace

Dispatcher::Dispatcher(const ph_host* host, unsigned threads, std::size_t queue)
    : host_(host),
      measures_(host),
      crew_(threads, queue, measures_.depth.updater()),
      threads_(crew_.members().size()),
      python_states_(crew_.members().size()),
      overdue_(crew_.members().size()) {}

Dispatcher::~Dispatcher() { Dispatcher::stop(); }

bool Dispatcher::submit(const Job& job) noexcept { return crew_.submit(job); }

void Dispatcher::start() {
  const std::size_t wanted = threads_.size() / 2;
  std::size_t started = 0;
  try {
    watcher_ = std::thread([this] { watch(); });
    for (; started < wanted; ++started) start_member(started);
  } catch (...) {
    for (; started < wanted; ++started) crew_.leave(crew_.members()[started]);
    stop();
    throw;
  }
  state_.store(State::started, std::memory_order_release);
}

bool Dispatcher::drain(std::uint64_t deadline_ns) {
  const auto ticks = static_cast<nanoseconds::rep>(
      std::min<std::uint64_t>(deadline_ns, std::numeric_limits<nanoseconds::rep>::max()));
  const steady_clock::time_point deadline{nanoseconds(ticks)};
  if (crew_.wait_until_done(deadline)) return true;
  refuse_queued("The server is stopping and had no time left for this request.");
  if (crew_.wait_until_done(steady_clock::now())) return true;
  log_running();
  return false;
}

void Dispatcher::stop() {
  if (state_.exchange(State::stopped) == State::stopped || !watcher_.joinable()) return;
  const bool dismissed = crew_.dismiss(steady_clock::now() + kStopPatience);
  refuse_queued("The server is stopping.");
  if (!dismissed) abandoned_.store(true, std::memory_order_release);
  // In the end it needs the GIL, which a handler may never give back.
  if (dismissed || watcher_left_.load(std::memory_order_acquire)) {
    watcher_.join();
  } else {
    watcher_.detach();
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (!threads_[i].joinable()) continue;
    if (dismissed || crew_.has_left(crew_.members()[i])) {
      threads_[i].join();
    } else {
      threads_[i].detach();
    }
  }
}

std::string Dispatcher::health() const {
  const State state = state_.load(std::memory_order_acquire);
  if (state != State::started) {
    return state == State::created ? "the dispatch threads are not started"
                                   : "the dispatch threads are stopped";
  }
  const std::size_t stuck = crew_.stuck();
  if (stuck < crew_.members().size()) return "";
  return "all " + std::to_string(stuck) +
         " dispatch threads are stuck in handlers that are past their deadline";
}

/// Its last thread, if it had one, has left.
void Dispatcher::start_member(std::size_t index) {
  if (threads_[index].joinable()) threads_[index].join();
  threads_[index] = std::thread([this, index] { run_member(index); });
}

void Dispatcher::run_member(std::size_t index) {
  name_this_thread("python-" + std::to_string(index));
  let_the_waker_finish();
  Member& me = crew_.members()[index];
  {
    PythonThread python;
    python_states_[index].store(python.state(), std::memory_order_relaxed);
    Reply reply;
    while (crew_.wait_for_turn(me)) serve(me, python, reply);
    python_states_[index].store(nullptr, std::memory_order_relaxed);
  }
  crew_.leave(me);
}

/// One turn: until there is no work, or somebody else does it.
void Dispatcher::serve(Member& me, PythonThread& python, Reply& reply) {
  Batch* batch = nullptr;
  std::uint64_t now = now_ns();
  do {
    now = take_gil(python, now);
    std::uint64_t held_since = now;
    while ((batch = crew_.next(batch)) != nullptr) {
      Job job;
      while (batch->take(job)) {
        job.route->measures.wait.updater().observe(waited(job, now));
        const Metric::Updater hold = job.route->measures.hold.updater();  // the route may go
        const std::uint64_t begun = now;
        run(me, job, begun, reply);
        now = now_ns();
        if (!abandoned()) hold.observe(now - begun);
        if (me.aside.load(std::memory_order_acquire) && !crew_.step_back(me)) {
          python.release();
          crew_.end_turn(me, batch);
          return;
        }
        if (now - held_since > kMaxHoldNs) {
          python.release();
          held_since = now = take_gil(python, now);
        }
      }
    }
    python.release();
  } while (crew_.spin_for_work(now));
  crew_.end_turn(me, nullptr);
}

/// Returns the time at which it has it.
std::uint64_t Dispatcher::take_gil(PythonThread& python, std::uint64_t asked_ns) const {
  python.acquire();
  const std::uint64_t now = now_ns();
  if (!abandoned()) measures_.acquire.updater().observe(now - asked_ns);
  return now;
}

void Dispatcher::run(Member& me, const Job& job, std::uint64_t now, Reply& reply) {
  if (abandoned()) return;
  if (is_past(job.head->deadline_ns, now)) {
    answer_problem(host_, job.token, 504, "The deadline passed before the handler was called.",
                   *job.head);
    return;
  }
  const bool will_wait = job.route->waits.load(std::memory_order_relaxed) > 0;
  if (will_wait) crew_.step_aside(me);
  const Outcome outcome = call(me, job, reply);
  if (abandoned()) return;
  if (will_wait && now_ns() - now < kQuickCallNs) {
    job.route->waits.fetch_sub(1, std::memory_order_relaxed);
  } else if (me.aside.load(std::memory_order_acquire) &&
             me.waited.load(std::memory_order_relaxed)) {
    job.route->waits.store(RouteTarget::kWaitsMemory, std::memory_order_relaxed);
  }
  if (outcome == Outcome::replied) {
    if (job.route->debug) show_log(reply);
    answer(host_, job.token, *job.head, reply);
  } else if (outcome == Outcome::failed) {
    host_->log(host_, job.token, PH_LOG_ERROR, {reply.log.data(), reply.log.size()});
    answer_problem(host_, job.token, 500, "The handler failed.", *job.head);
  }
}

Dispatcher::Outcome Dispatcher::call(Member& me, const Job& job, Reply& reply) {
  const std::uint64_t turn = me.turn.load(std::memory_order_relaxed);
  me.route.store(job.route, std::memory_order_relaxed);
  me.deadline_ns.store(job.head->deadline_ns, std::memory_order_relaxed);
  me.turn.store(turn + 1, std::memory_order_release);
  Probe probe{host_, job.token};
  const LoggedRequest logged(job.token);
  Outcome outcome = Outcome::replied;
  try {
    Gateway* const gateway = job.route->gateway.get();
    outcome = gateway != nullptr
                  ? gateway->serve(host_, job, me.deadline_ns, reply)
                  : call_or_stream(host_, job, &is_cancelled, &probe, me.deadline_ns, reply);
  } catch (const std::exception& error) {
    outcome = Outcome::failed;
    reply.log = job.route->spec + ": " + error.what();
  }
  me.turn.store(turn + 2, std::memory_order_release);
  if (me.interrupted.load(std::memory_order_relaxed)) {
    clear_interrupt();  // it may not have met the handler
    me.interrupted.store(false, std::memory_order_relaxed);
  }
  return outcome;
}

void Dispatcher::refuse_queued(std::string_view why) {
  for (const Job& job : crew_.take_queued()) answer_problem(host_, job.token, 503, why, *job.head);
}

void Dispatcher::log_running() const {
  for (const Member& member : crew_.members()) {
    if (member.turn.load(std::memory_order_acquire) % 2 == 0) continue;
    const std::string line =
        "still running at the deadline: " + member.route.load(std::memory_order_relaxed)->spec;
    host_->log(host_, 0, PH_LOG_WARN, {line.data(), line.size()});
  }
}

}  // namespace plughost::python
