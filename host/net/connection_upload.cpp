#include <algorithm>

#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "net/connection.hpp"

// The part of Connection that reads a body while its handler pulls it.
namespace plughost::net {

using dispatch::BodyStream;

namespace {

// So much of a body that nobody wants is read to keep the connection; beyond it closes.
constexpr std::uint64_t kDrainedBytes = 64 * 1024;

}  // namespace

bool Connection::begin_upload() {
  auto& request = *current_;
  const auto& message = request.message;
  const auto length = message.chunked ? http::kUnknownLength : message.content_length;
  const auto most = std::min({length, body_limit(request), std::uint64_t{BodyStream::kMost}});
  if (!request.body_reservation.grow_to(context_.shared.body_budget, most)) {
    refuse(503, "The server holds as many request bodies as it may (limits.buffered_bytes).");
    return false;
  }
  current_ = nullptr;
  upload_.active = true;
  upload_.request = &request;
  upload_.keep_alive = message.keep_alive;
  upload_.length = length;
  parser_.set_body_sink(upload_.arrived);
  owes_continue_ = message.expects_continue;
  request.body_stream = std::make_unique<BodyStream>(request);
  pipeline_.push_back(&request);
  dispatch_to_handler(request);
  return true;
}

/// True: the next request may begin.
bool Connection::take_upload(const http::ParseProgress& progress) {
  if (progress.consumed > 0) owes_continue_ = false;  // the client did not wait for it
  if (progress.status == http::ParseStatus::refused) {
    const auto refusal = parser_.refusal();
    fail_upload(refusal.status, refusal.detail);
    return false;
  }
  const bool complete = progress.status == http::ParseStatus::complete;
  upload_.received += upload_.arrived.size();
  if (upload_.request != nullptr) {
    auto& stream = *upload_.request->body_stream;
    if (complete || !upload_.arrived.empty()) stream.add(upload_.arrived, complete);
    upload_.paused = !stream.has_room();
  } else {
    upload_.dropped += upload_.arrived.size();
    upload_.arrived.clear();
  }
  if (complete) {
    end_upload();
  } else if (upload_.dropped > kDrainedBytes) {
    stop_reading();
  }
  return complete;
}

void Connection::upload_news(Request& request) {
  auto& stream = *request.body_stream;
  if (request.ended) {
    if (upload_.request != &request) return;
    upload_.request = nullptr;
    upload_.paused = false;
    read_since_ = context_.now;
    return;
  }
  stream.notify_if_readable();
  if (upload_.request != &request || !upload_.paused || !stream.has_room()) return;
  upload_.paused = false;
  read_since_ = context_.now;
}

void Connection::fail_upload(unsigned status, std::string_view detail) {
  auto* request = upload_.request;
  stop_reading();
  if (request == nullptr) return;
  const auto waiting = std::find(pipeline_.begin(), pipeline_.end(), request);
  if (waiting != pipeline_.end() && !request->answered) {
    answer_in_place_of(*waiting, status, detail);
  }
  // Where the handler's own answer is on its way, or is a stream, this is all it hears of it.
  request->body_stream->cancel();
  dispatch::RequestState::hint_cancelled(*request);
}

void Connection::end_upload() {
  last_read_ = !upload_.keep_alive;
  reading_body_ = false;
  owes_continue_ = false;
  upload_ = {};
}

/// In the middle of a body: nothing behind it can be told from it.
void Connection::stop_reading() {
  end_upload();
  last_read_ = true;
  input_ = {};
  if (state_ == State::open && pipeline_.empty()) state_ = State::closing;
  queue_advance();
}

bool Connection::upload_forbids_reuse() const {
  if (!upload_.active) return false;
  if (owes_continue_) return true;  // whether the body follows is the client's choice now
  if (upload_.request != nullptr || upload_.length == http::kUnknownLength) return false;
  return upload_.length - upload_.received > kDrainedBytes;
}

}  // namespace plughost::net
