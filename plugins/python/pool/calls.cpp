// Tasks that are calls of this process's own: how they come in, are withdrawn, and end.
#include <algorithm>
#include <utility>

#include "pool/engine.hpp"
#include "runtime/answer.hpp"
#include "runtime/clock.hpp"

namespace plughost::python::pool {

Admission Engine::call(std::unique_ptr<Call>& call) {
  ph_req_head& head = call->head;
  head.size = sizeof(head);
  head.flags = PH_RF_BODY_COMPLETE;
  head.body = {call->bytes.data(), call->bytes.size()};
  head.content_length = call->bytes.size();
  if (settings_.call_timeout.count() != 0) {
    const std::chrono::nanoseconds limit = settings_.call_timeout;
    head.deadline_ns = now_ns() + static_cast<std::uint64_t>(limit.count());
  }
  const Admission admission = admit({0, &head, &call_route_}, call.get());
  if (admission == Admission::kAccepted) static_cast<void>(call.release());
  return admission;
}

bool Engine::withdraw(std::uint64_t number) {
  const auto is_it = [number](const Task& task) {
    return task.call != nullptr && task.call->number == number;
  };
  Batch taken;
  {
    const std::lock_guard lock(mutex_);
    for (const Slot& slot : slots_) {
      if (slot.worker == nullptr) continue;
      for (Box& box : slot.worker->boxes) {
        if (std::any_of(box.batch.begin(), box.batch.end(), is_it)) take_back(box);
      }
    }
    taken = backlog_.take_if(is_it);
  }
  for (const Task& task : taken) delete task.call;
  settled(taken.size());
  return !taken.empty();
}

void Engine::end(const Task& task, unsigned status, std::string bytes) {
  std::unique_ptr<Call> call(task.call);
  call->status = status;
  call->bytes = std::move(bytes);
  CallDesk& desk = *call->desk;
  desk.put(std::move(call));
}

/// What the runner gave, or why it could not run.
void Engine::end(const Task& task, Reply& reply) {
  std::string& bytes = reply.log.empty() ? reply.body : reply.log;
  end(task, reply.status, std::move(bytes));
}

/// Answers the client or the caller with an error.
void Engine::fail(const Task& task, unsigned status, std::string_view detail) {
  if (task.call != nullptr) {
    end(task, status, std::string(detail));
  } else {
    answer_problem(host_, task.job.token, status, detail, *task.job.head);
  }
}

/// Tasks that will not begin, as the server stops.
void Engine::dismiss(const Batch& batch) {
  for (const Task& task : batch) {
    if (task.call != nullptr) {
      end(task, Call::kCancelled, {});
    } else {
      fail(task, 503, "The server is shutting down.");
    }
  }
  settled(batch.size());
}

}  // namespace plughost::python::pool
