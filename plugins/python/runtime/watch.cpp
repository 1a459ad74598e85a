// The dispatcher's watcher thread: calls that do not move, and calls past their deadline.
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <system_error>

#include "runtime/clock.hpp"
#include "runtime/dispatcher.hpp"
#include "runtime/interpreter.hpp"

namespace plughost::python {
namespace {

Crew::TimePoint time_point(std::uint64_t ns) {
  using std::chrono::nanoseconds;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<nanoseconds::rep>::max());
  return Crew::TimePoint(nanoseconds(static_cast<nanoseconds::rep>(std::min(ns, kMax))));
}

}  // namespace

void Dispatcher::watch() {
  pthread_setname_np(pthread_self(), "python-watch");
  {
    PythonThread python;
    const auto waits = [this](std::size_t member) {
      return !holds_gil(python_states_[member].load(std::memory_order_relaxed));
    };
    crew_.watch(waits, [&] {
      end_overdue(python);
      return time_point(overdue_.next_ns());
    });
  }
  watcher_left_.store(true, std::memory_order_release);
}

void Dispatcher::end_overdue(PythonThread& python) {
  for (const Overdue::Case& overdue : overdue_.look(crew_.members(), now_ns())) {
    if (overdue.step == Overdue::Step::interrupt) {
      interrupt(python, overdue);
    } else {
      replace(overdue);
    }
  }
}

/// A call ends with the GIL held, so it cannot end, nor the next one begin, while it is held here.
void Dispatcher::interrupt(PythonThread& python, const Overdue::Case& overdue) {
  Member& member = crew_.members()[overdue.member];
  python.acquire();
  if (!abandoned() && member.turn.load(std::memory_order_relaxed) == overdue.turn) {
    member.interrupted.store(true, std::memory_order_relaxed);
    interrupt_thread(python_states_[overdue.member].load(std::memory_order_relaxed));
  }
  python.release();
}

void Dispatcher::replace(const Overdue::Case& overdue) {
  Member& member = crew_.members()[overdue.member];
  const std::string handler = crew_.handler(member, overdue.turn);
  if (handler.empty() || abandoned() || !crew_.mark_stuck(member, overdue.turn)) return;
  std::string line = handler + " has not returned from a request two seconds after its deadline" +
                     ", and cannot be interrupted: ";
  Member* const substitute = crew_.bring_in();
  if (substitute != nullptr) {
    const auto& members = crew_.members();
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& each) { return &each == substitute; });
    try {
      start_member(static_cast<std::size_t>(found - members.begin()));
      line += "another thread takes its place";
    } catch (const std::system_error& error) {
      crew_.leave(*substitute);
      line += std::string("no thread can be started in its place: ") + error.what();
    }
  } else {
    line += "it is one of " + std::to_string(crew_.stuck()) + " stuck threads";
  }
  host_->log(host_, 0, PH_LOG_WARN, {line.data(), line.size()});
  if (crew_.stuck() < crew_.members().size()) return;
  const std::string last =
      "new requests are refused: every Python thread is stuck in " + stuck_handlers();
  host_->log(host_, 0, PH_LOG_ERROR, {last.data(), last.size()});
  refuse_queued("Every thread for Python handlers is stuck.");
}

std::string Dispatcher::stuck_handlers() const {
  std::string text;
  for (const std::string& handler : crew_.handlers()) text += (text.empty() ? "" : ", ") + handler;
  return text;
}

}  // namespace plughost::python
