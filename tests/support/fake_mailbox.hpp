#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "dispatch/request_pool.hpp"

namespace plughost::test {

/// Collects answered requests in place of an I/O thread.
class FakeMailbox final : public dispatch::Mailbox {
 public:
  void post(dispatch::Request& request) noexcept override {
    std::lock_guard lock(mutex_);
    posted_.push_back(&request);
    arrived_.notify_all();
  }

  /// What was posted so far, in order.
  std::vector<dispatch::Request*> posted() const {
    std::lock_guard lock(mutex_);
    return posted_;
  }

  /// False: fewer than count requests arrived within ten seconds.
  bool wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return posted_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<dispatch::Request*> posted_;
};

}  // namespace plughost::test
