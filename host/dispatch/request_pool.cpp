#include "dispatch/request_pool.hpp"

#include <new>

#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"
#include "dispatch/websocket.hpp"

namespace plughost::dispatch {
namespace {

constexpr std::size_t kKeptBytes = 16 * 1024;  // more than that is given back to the heap

}  // namespace

RequestPool::RequestPool(std::uint8_t index, Mailbox& mailbox)
    : index_(index), mailbox_(mailbox), chunks_(new std::atomic<Chunk*>[kChunks]()) {}

RequestPool::~RequestPool() {
  for (std::uint32_t i = 0; i < chunk_count_; ++i) delete chunks_[i].load();
}

Request* RequestPool::acquire() {
  if (free_.empty() && !grow()) return nullptr;
  auto* request = free_.back();
  free_.pop_back();
  in_use_.fetch_add(1, std::memory_order_relaxed);
  RequestState::open(*request);
  return request;
}

bool RequestPool::grow() {
  if (chunk_count_ == kChunks) return false;
  auto* chunk = new Chunk;
  free_.reserve(free_.size() + kChunkSlots);
  for (std::uint32_t i = kChunkSlots; i-- > 0;) {
    auto& request = (*chunk)[i];
    request.pool_ = this;
    request.slot_ = chunk_count_ * kChunkSlots + i;
    free_.push_back(&request);
  }
  chunks_[chunk_count_++].store(chunk, std::memory_order_release);
  return true;
}

void RequestPool::recycle(Request& request) noexcept {
  RequestState::close(request);
  // What was written and never sent has releases too.
  if (request.response_stream != nullptr) request.response_stream->drop();
  request.answer.release.run();
  request.answer.status = 0;
  request.answer.headers.clear();
  request.answer.body = {};
  request.answer.file = {};
  request.answer.coding = {};
  auto& copied_body = request.answer.copied_body;
  copied_body.clear();
  if (copied_body.capacity() > kKeptBytes) std::string().swap(copied_body);
  if (request.scratch_.size() * sizeof(std::max_align_t) > kKeptBytes) request.scratch_ = {};
  request.message.clear();
  request.match.clear();
  request.unassign();
  request.table.reset();
  request.client.reset();
  request.server.reset();
  request.forwarded_scheme = {};
  request.request_id.clear();
  request.deadline = Clock::time_point::max();
  request.sink = nullptr;
  request.answered = request.started = request.ended = false;
  request.websocket.reset();
  request.response_stream.reset();
  request.body_stream.reset();
  request.body_reservation.release();
  free_.push_back(&request);
  in_use_.fetch_sub(1, std::memory_order_release);
}

void RequestPool::deliver(Request& request) {
  request.take_news();
  if (request.sink == nullptr) {
    abandon(request);
  } else {
    request.sink->delivered(request);
  }
}

void RequestPool::abandon(Request& request) noexcept {
  request.sink = nullptr;
  if (request.ended) return recycle(request);
  RequestState::detach(request);
  if (request.started) request.response_stream->drop();
  if (RequestState::is_upgraded(request)) {
    request.websocket->lost("the client left without closing");
  }
  if (request.body_stream != nullptr) request.body_stream->cancel();
}

Request* RequestPool::find(std::uint32_t slot) const noexcept {
  auto* chunk = slot < kChunks * kChunkSlots
                    ? chunks_[slot / kChunkSlots].load(std::memory_order_acquire)
                    : nullptr;
  return chunk == nullptr ? nullptr : &(*chunk)[slot % kChunkSlots];
}

}  // namespace plughost::dispatch
