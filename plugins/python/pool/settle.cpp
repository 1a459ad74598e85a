// From the boxes, or a worker's death, to the clients.
#include <algorithm>
#include <string_view>
#include <utility>

#include "core/problem.hpp"
#include "pool/engine.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::pool {
namespace {

std::string_view view(ph_str text) { return {text.ptr, text.len}; }

}  // namespace

/// Empties the boxes that workers are done with.
void Engine::gather(std::vector<Harvest>& harvest) {
  {
    const std::lock_guard lock(mutex_);
    hungry_ = false;
    for (Slot& slot : slots_) {
      Worker* const worker = slot.worker.get();
      if (worker == nullptr || worker->dead) continue;
      for (; worker->session.finished() != worker->gathered; ++worker->gathered) {
        Box& box = worker->box(worker->gathered);
        if (!box.posted) break;
        box.posted = false;
        worker->tasks += box.batch.size();
        harvest.push_back({slot.worker, &box, std::move(box.batch), {}});
        slot.failures = 0;
        if (worker->tasks >= worker->task_limit && keeper_asleep_.load()) wake_keeper();
      }
    }
  }
  for (Harvest& done : harvest) {
    if (!done.box->mailbox.take_replies(done.replies)) done.replies.clear();
  }
}

void Engine::settle_done(Harvest& done) {
  const std::size_t answered = answer_ended(done.batch, done.replies, done.batch.size());
  for (std::size_t i = answered; i < done.batch.size(); ++i) {
    answer_lost(*done.worker, done.batch[i], "without leaving an answer");
  }
  settled(done.batch.size());
}

/// Sends what the worker left behind; returns how many answers that were.
std::size_t Engine::answer_ended(Batch& batch, std::string_view replies, std::size_t ended) {
  thread_local TaskReply task_reply;
  std::size_t n = 0;
  for (; n < std::min(ended, batch.size()); ++n) {
    const Task& task = batch[n];
    if (!take_reply(replies, task_reply)) break;
    if (task.call != nullptr) {
      end(task, task_reply.reply);
    } else if (task_reply.problem) {
      const std::string& why = task_reply.reply.log;
      host_->log(host_, task.job.token, PH_LOG_ERROR, {why.data(), why.size()});
      answer_problem(host_, task.job.token, task_reply.reply.status, task_reply.reply.body,
                     *task.job.head);
    } else {
      task.target->learn(task_reply.took_ns);
      if (task.job.route->debug) show_log(task_reply.reply);
      answer(host_, task.job.token, *task.job.head, task_reply.reply);
    }
  }
  task_reply.reply.clear();
  return n;
}

/// Settles all that a dead worker held: each answer it left counts, the task it had begun is lost,
/// the others run elsewhere (retry) or are refused.
void Engine::settle_dead(Worker& worker, const std::string& how, bool retry) {
  // Newest first, so that what is queued again keeps its order.
  for (std::uint32_t number = worker.reserved; number-- != worker.gathered;) {
    Box& box = worker.box(number);
    Batch batch;
    bool at_fault;
    {
      const std::lock_guard lock(mutex_);
      if (!box.posted) continue;
      box.posted = false;
      batch = std::move(box.batch);
      at_fault = worker.raised && worker.session.has_taken(number);
    }
    // Once revoked, a batch holds only tasks that had begun.
    const std::uint32_t mark = box.mailbox.begun();
    const std::size_t begun = mark == Mailbox::kRevoked ? batch.size() : mark;
    std::string replies;
    if (!box.mailbox.take_replies(replies)) replies.clear();
    const std::size_t answered = answer_ended(batch, replies, box.mailbox.ended());
    // A batch that made the worker's own code fail would do so again.
    const std::size_t lost = at_fault ? batch.size() : begun;
    for (std::size_t i = answered; i < lost; ++i) answer_lost(worker, batch[i], how);
    settled(std::max(answered, lost));
    if (lost >= batch.size()) continue;
    const Batch rest(batch.begin() + static_cast<std::ptrdiff_t>(lost), batch.end());
    if (!retry) {
      dismiss(rest);
      continue;
    }
    const std::lock_guard lock(mutex_);
    backlog_.push_front(rest.data(), rest.size());
  }
}

/// "orders:place for POST /orders".
std::string Engine::in_words(const Task& task) {
  if (task.call != nullptr) return task.call->function + " for pool.submit()";
  std::string words = task.target->definition.spec + " for ";
  words.append(view(task.job.head->method)).append(" ").append(view(task.job.head->route));
  return words;
}

void Engine::answer_lost(const Worker& worker, const Task& task, const std::string& how) {
  if (worker.overdue) {
    fail(task, 504,
         task.call == nullptr ? "The handler did not return in time."
                              : "A call in a pool did not return in time.");
    return;
  }
  const std::string line = name_of(worker) + " ended " + how + " while it ran " + in_words(task);
  host_->log(host_, task.job.token, PH_LOG_ERROR, {line.data(), line.size()});
  fail(task, 502, "The worker process that ran this request ended " + how + ".");
}

void Engine::refuse(const Batch& batch, unsigned status, std::string_view detail) {
  for (const Task& task : batch) fail(task, status, detail);
  settled(batch.size());
}

void Engine::settled(std::size_t n_tasks) {
  if (n_tasks == 0) return;
  bool none_left;
  {
    const std::lock_guard lock(mutex_);
    pending_ -= n_tasks;
    none_left = pending_ == 0;
  }
  if (none_left) changed_.notify_all();
}

}  // namespace plughost::python::pool
