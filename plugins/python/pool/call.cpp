#include "pool/call.hpp"

#include <utility>

namespace plughost::python::pool {

void CallDesk::put(std::unique_ptr<Call> call) noexcept {
  const std::lock_guard lock(mutex_);
  ended_.push_back(std::move(call));
  news_.notify_one();  // locked: who takes it may end the desk
}

std::vector<std::unique_ptr<Call>> CallDesk::take() {
  std::unique_lock lock(mutex_);
  news_.wait(lock, [this] { return closed_ || !ended_.empty(); });
  return std::exchange(ended_, {});
}

void CallDesk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  news_.notify_one();
}

}  // namespace plughost::python::pool
