#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "runtime/backend.hpp"

namespace plughost::python {

/// Jobs handed over at once; threads take one after the other by one atomic step.
///
/// Rationale: a private batch would be held hostage by its first handler that sleeps, a queue with
/// a lock for each job costs a tenth of the throughput.
///
/// Threads: take and left by any thread that got the batch from JobQueue::next.
class Batch final {
 public:
  bool take(Job& job) {
    const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= jobs_.size()) return false;
    job = jobs_[index];
    return true;
  }
  std::size_t left() const {
    const std::size_t taken = next_.load(std::memory_order_relaxed);
    return taken < jobs_.size() ? jobs_.size() - taken : 0;
  }

 private:
  friend class JobQueue;
  std::vector<Job> jobs_;
  std::atomic<std::size_t> next_{0};
  unsigned users_ = 0;
};

/// The bounded queue in front of the dispatch threads: jobs collect until a thread comes for them
/// and then become a batch. Memory is recycled: nothing is allocated once it has been busy.
///
/// Threads: guarded by the owner's mutex.
class JobQueue final {
 public:
  explicit JobQueue(std::size_t capacity) : capacity_(capacity) {}

  /// False: full.
  bool push(const Job& job) {
    if (size() >= capacity_) return false;
    incoming_.push_back(job);
    return true;
  }

  /// Jobs nobody has taken.
  std::size_t size() const {
    return incoming_.size() + (current_ == nullptr ? 0 : current_->left());
  }

  /// The batch to take from now, shared with whoever got it earlier; null: no work.
  Batch* next() {
    if (current_ == nullptr || current_->left() == 0) {
      if (incoming_.empty()) return nullptr;
      publish();
    }
    ++current_->users_;
    return current_;
  }

  /// Ends the use of what next returned.
  void give_back(Batch* batch) {
    --batch->users_;
    retire(batch);
  }

  /// Moves every job nobody has taken into jobs.
  void take_all(std::vector<Job>& jobs) {
    Job job;
    while (current_ != nullptr && current_->take(job)) jobs.push_back(job);
    jobs.insert(jobs.end(), incoming_.begin(), incoming_.end());
    incoming_.clear();
  }

 private:
  void publish() {
    Batch* fresh = unused();
    fresh->jobs_.clear();
    fresh->jobs_.swap(incoming_);
    fresh->next_.store(0, std::memory_order_relaxed);
    Batch* old = std::exchange(current_, fresh);
    if (old != nullptr) retire(old);
  }

  Batch* unused() {
    if (free_.empty()) {
      all_.push_back(std::make_unique<Batch>());
      free_.reserve(all_.size());
      return all_.back().get();
    }
    Batch* batch = free_.back();
    free_.pop_back();
    return batch;
  }

  void retire(Batch* batch) {
    if (batch->users_ == 0 && batch != current_) free_.push_back(batch);
  }

  const std::size_t capacity_;
  std::vector<Job> incoming_;
  Batch* current_ = nullptr;
  std::vector<std::unique_ptr<Batch>> all_;
  std::vector<Batch*> free_;
};

}  // namespace plughost::python
