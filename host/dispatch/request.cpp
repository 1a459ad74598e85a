#include "dispatch/request.hpp"

#include "dispatch/body_stream.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/request_pool.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"
#include "dispatch/websocket.hpp"

namespace plughost::dispatch {

Request::Request() = default;
Request::~Request() = default;

Token Request::token() const noexcept {
  return Token{pool_->index()} << 56 | Token{slot_} << 32 | RequestState::generation(*this);
}

void Request::post(News news) noexcept {
  const auto before = news_.fetch_or(static_cast<std::uint8_t>(news), std::memory_order_acq_rel);
  if (before == 0) pool_->mailbox().post(*this);
}

void Request::take_news() noexcept {
  // Nothing: a whole answer, which is posted once.
  const auto news = news_.load(std::memory_order_relaxed) == 0
                        ? static_cast<std::uint8_t>(News::ended)
                        : news_.exchange(0, std::memory_order_acq_rel);
  if ((news & static_cast<std::uint8_t>(News::started)) != 0) started = answered = true;
  if ((news & static_cast<std::uint8_t>(News::ended)) != 0) ended = answered = true;
}

void* Request::scratch(std::size_t bytes) {
  const auto units = (bytes + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
  if (scratch_.size() < units) scratch_.resize(units);
  return scratch_.data();
}

bool Request::assign(Handler& handler, std::uint64_t most) noexcept {
  if (!handler.admit(most)) return false;
  handler_ = &handler;
  pool_->dispatched_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Request::unassign() noexcept {
  if (handler_ == nullptr) return;
  handler_->in_flight_.fetch_sub(1, std::memory_order_release);
  pool_->dispatched_.fetch_sub(1, std::memory_order_release);
  handler_ = nullptr;
}

}  // namespace plughost::dispatch
