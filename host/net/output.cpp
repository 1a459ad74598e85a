#include "net/output.hpp"

#include <algorithm>

#include "dispatch/request_pool.hpp"

namespace plughost::net {
namespace {

constexpr std::size_t kKeptBytes = 2048;  // an idle connection keeps no more

}  // namespace

Output::~Output() { discard(); }

void Output::append(dispatch::Request& request, http::Persistence persistence) {
  auto& answer = request.answer;
  http::write_head(buffer_, answer.status, answer.headers, answer.body.size(), persistence);
  const bool has_body = request.message.method != "HEAD" && !http::is_bodyless(answer.status);
  if (has_body && answer.body.size() > kLargeBody) {
    large_ = &request;
    return;
  }
  if (has_body) buffer_ += answer.body;
  request.pool().recycle(request);
}

Output::Progress Output::flush(Socket& socket, bool& moved) {
  while (!empty()) {
    iovec parts[2] = {{buffer_.data() + sent_, pending()}, {nullptr, 0}};
    std::size_t count = 1;
    if (large_ != nullptr) {
      const auto rest = large_->answer.body.substr(large_sent_);
      parts[1] = {const_cast<char*>(rest.data()), rest.size()};
      count = 2;
    }
    const auto sent = socket.send(parts, count);
    if (sent.status != Socket::Status::ok) {
      blocked_ = sent.status == Socket::Status::blocked;
      return blocked_ ? Progress::blocked : Progress::failed;
    }
    moved = true;
    advance(sent.bytes);
  }
  blocked_ = false;
  return Progress::done;
}

void Output::advance(std::size_t bytes) {
  const auto from_buffer = std::min(bytes, pending());
  sent_ += from_buffer;
  if (pending() == 0) {
    buffer_.clear();
    if (buffer_.capacity() > kKeptBytes) buffer_.shrink_to_fit();
    sent_ = 0;
  }
  if (large_ == nullptr) return;
  large_sent_ += bytes - from_buffer;
  if (large_sent_ < large_->answer.body.size()) return;
  large_->pool().recycle(*large_);
  large_ = nullptr;
  large_sent_ = 0;
}

void Output::discard() {
  buffer_.clear();
  sent_ = 0;
  blocked_ = false;
  if (large_ == nullptr) return;
  large_->pool().recycle(*large_);
  large_ = nullptr;
  large_sent_ = 0;
}

}  // namespace plughost::net
