#include "net/stream_sender.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plughost::net {

using End = dispatch::ResponseStream::End;

void StreamSender::begin(dispatch::Request& request) {
  request_ = &request;
  state_ = State::open;
}

std::size_t StreamSender::gather(iovec* parts, std::size_t room) {
  if (!has_batch_) take();
  if (!has_batch_) return 0;
  std::size_t count = 0;
  for (auto i = at_; i < segments() && count < room; ++i) {
    const auto rest = segment(i).substr(i == at_ ? offset_ : 0);
    if (!rest.empty()) parts[count++] = {const_cast<char*>(rest.data()), rest.size()};
  }
  return count;
}

void StreamSender::take() {
  if (state_ != State::open) return;
  const auto end = request_->response_stream->take(pieces_);
  const bool ended = request_->ended;  // else its post is on its way, and will be news
  if (ended && end == End::truncated && pieces_.empty()) {
    state_ = State::truncated;
    return;
  }
  is_last_ = ended && end == End::finished;
  if (request_->response_stream->framing() == http::Framing::chunked) frame(is_last_);
  has_batch_ = true;
  pass_sent_segments();
}

void StreamSender::frame(bool is_last) {
  std::size_t size = 0;
  for (const auto& piece : pieces_) size += piece.bytes().size();
  if (size > 0) {
    std::array<char, 16> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    head_.assign(digits.data(), end).append("\r\n");
    tail_ = "\r\n";
  }
  if (is_last) {
    tail_.append("0\r\n").append(request_->response_stream->trailers()).append("\r\n");
  }
}

void StreamSender::advance(std::size_t bytes) {
  std::size_t of_plugin = 0;
  while (bytes > 0) {
    const auto step = std::min(bytes, segment(at_).size() - offset_);
    if (at_ > 0 && at_ <= pieces_.size()) of_plugin += step;
    offset_ += step;
    bytes -= step;
    pass_sent_segments();
  }
  if (of_plugin > 0) request_->response_stream->sent(of_plugin);
}

void StreamSender::pass_sent_segments() {
  for (; at_ < segments() && offset_ == segment(at_).size(); ++at_, offset_ = 0) {
    if (at_ > 0 && at_ <= pieces_.size()) pieces_[at_ - 1].release.run();
  }
  if (at_ < segments()) return;
  head_.clear();
  pieces_.clear();
  tail_.clear();
  at_ = 0;
  has_batch_ = false;
  if (is_last_) state_ = State::finished;
}

std::string_view StreamSender::segment(std::size_t index) const {
  if (index == 0) return head_;
  return index <= pieces_.size() ? pieces_[index - 1].bytes() : std::string_view(tail_);
}

void StreamSender::end() {
  for (auto& piece : pieces_) piece.release.run();
  *this = {};
}

}  // namespace plughost::net
