#pragma once

#include <plughost/abi/abi.h>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace plughost::python {

/// Opened by a notification of the host, or when the host drops that, for the one thread that
/// waits.
///
/// Owner: the waiting thread and the notification, which share it.
class Gate final {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_one();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

  /// To be given to the host once.
  static ph_notify opener(const std::shared_ptr<Gate>& gate) {
    return {[](void* ctx, ph_req) noexcept { (*static_cast<Key*>(ctx))->open(); },
            [](void* ctx) noexcept {
              (*static_cast<Key*>(ctx))->open();
              delete static_cast<Key*>(ctx);
            },
            new Key(gate)};
  }

 private:
  using Key = std::shared_ptr<Gate>;

  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

}  // namespace plughost::python
