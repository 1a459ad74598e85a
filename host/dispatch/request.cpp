#include "dispatch/request.hpp"

#include "dispatch/handler.hpp"
#include "dispatch/request_pool.hpp"
#include "dispatch/request_state.hpp"

namespace plughost::dispatch {

Token Request::token() const noexcept {
  return Token{pool_->index()} << 56 | Token{slot_} << 32 | RequestState::generation(*this);
}

void* Request::scratch(std::size_t bytes) {
  const auto units = (bytes + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
  if (scratch_.size() < units) scratch_.resize(units);
  return scratch_.data();
}

void Request::assign(Handler& handler) noexcept {
  handler_ = &handler;
  handler.in_flight_.fetch_add(1, std::memory_order_relaxed);
  pool_->dispatched_.fetch_add(1, std::memory_order_relaxed);
}

void Request::unassign() noexcept {
  if (handler_ == nullptr) return;
  handler_->in_flight_.fetch_sub(1, std::memory_order_release);
  pool_->dispatched_.fetch_sub(1, std::memory_order_release);
  handler_ = nullptr;
}

}  // namespace plughost::dispatch
