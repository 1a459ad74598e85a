#include "net/output.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "dispatch/request_pool.hpp"

namespace plughost::net {
namespace {

constexpr std::size_t kKeptBytes = 2048;  // an idle connection keeps no more
constexpr std::size_t kParts = 64;        // what a Socket takes at once

void log_short_file(const dispatch::Request& request, const dispatch::FilePart& left) {
  const auto* route = request.match.route;
  const bool is_plugins = route != nullptr && !route->plugin.empty();
  const std::string plugin = is_plugins ? "plugin '" + route->plugin + "': " : "";
  const std::string pattern = route == nullptr ? "" : " (" + route->pattern.text() + ')';
  log::error(plugin + "request " + request.request_id + pattern + ": the file has ended " +
             std::to_string(left.length) + " bytes before the length " +
             (is_plugins ? "given to respond_file()" : "it had") +
             "; the client sees a truncated answer");
}

}  // namespace

Output::~Output() { discard(); }

void Output::append(dispatch::Request& request, http::Persistence persistence) {
  if (!request.started) return append_whole(request, persistence);
  const auto framing = request.response_stream->framing();
  const auto& answer = request.answer;
  http::write_stream_head(buffer_, answer.status, answer.headers, framing, persistence);
  set_body(request, Body::stream);
  stream_.begin(request);
}

void Output::upgrade(dispatch::Request& request) {
  buffer_ += request.answer.copied_body;
  set_body(request, Body::stream);
  stream_.begin(request);
}

void Output::append_whole(dispatch::Request& request, http::Persistence persistence) {
  auto& answer = request.answer;
  const bool is_file = answer.file.fd >= 0;
  const auto length = is_file ? answer.file.length : answer.body.size();
  http::write_head(buffer_, answer.status, answer.headers, length, persistence);
  const bool has_body =
      length > 0 && request.message.method != "HEAD" && !http::is_bodyless(answer.status);
  if (has_body && is_file) {
    file_ = answer.file;
    return set_body(request, Body::file);
  }
  if (has_body && length > kLargeBody) {
    rest_ = answer.body;
    return set_body(request, Body::bytes);
  }
  if (has_body) buffer_ += answer.body;
  request.pool().recycle(request);
}

void Output::set_body(dispatch::Request& request, Body body) {
  request_ = &request;
  body_ = body;
}

Output::Progress Output::flush(Socket& socket, bool& moved) {
  progress_ = send_all(socket, moved);
  return progress_;
}

Output::Progress Output::send_all(Socket& socket, bool& moved) {
  for (std::size_t turn = 0; turn < kTurn;) {
    const auto sent = send_some(socket);
    if (sent.status == Socket::Status::blocked) return Progress::blocked;
    if (sent.status != Socket::Status::ok) return Progress::failed;
    if (sent.bytes == 0) return at_rest();
    moved = true;
    turn += sent.bytes;
    advance(sent.bytes);
    if (empty()) return Progress::done;
  }
  return Progress::paused;
}

/// ok with 0 bytes: there is nothing to send.
Socket::Transfer Output::send_some(Socket& socket) {
  std::array<iovec, kParts> parts;
  std::size_t count = 0;
  if (pending() > 0) parts[count++] = {buffer_.data() + sent_, pending()};
  if (request_ != nullptr && body_ == Body::bytes) {
    parts[count++] = {const_cast<char*>(rest_.data()), rest_.size()};
  } else if (request_ != nullptr && body_ == Body::stream) {
    count += stream_.gather(parts.data() + count, kParts - count);
  } else if (request_ != nullptr && count == 0) {
    return socket.send_file(file_.fd, file_.offset, std::min<std::uint64_t>(file_.length, kTurn));
  }
  if (count == 0) return {Socket::Status::ok};
  return socket.send(parts.data(), count);
}

void Output::advance(std::size_t bytes) {
  const auto from_buffer = std::min(bytes, pending());
  sent_ += from_buffer;
  bytes -= from_buffer;
  if (pending() == 0) {
    buffer_.clear();
    if (buffer_.capacity() > kKeptBytes) buffer_.shrink_to_fit();
    sent_ = 0;
  }
  if (request_ == nullptr) return;
  if (body_ == Body::bytes) {
    rest_.remove_prefix(bytes);
    if (rest_.empty()) end_body();
  } else if (body_ == Body::file) {
    file_.offset += bytes;
    file_.length -= bytes;
    if (file_.length == 0) end_body();
  } else {
    stream_.advance(bytes);
    if (stream_.state() == StreamSender::State::finished) end_body();
  }
}

/// Nothing can be sent, though not because of the client.
Output::Progress Output::at_rest() {
  if (request_ == nullptr) return Progress::done;
  if (body_ == Body::file) {
    log_short_file(*request_, file_);
    return Progress::truncated;
  }
  if (stream_.state() == StreamSender::State::open) return Progress::waiting;
  if (stream_.state() == StreamSender::State::truncated) return Progress::truncated;
  end_body();
  return Progress::done;
}

void Output::end_body() {
  if (body_ == Body::stream) stream_.end();
  body_ = Body::bytes;
  rest_ = {};
  auto& request = *std::exchange(request_, nullptr);
  request.pool().recycle(request);
}

void Output::discard() {
  buffer_.clear();
  sent_ = 0;
  progress_ = Progress::done;
  if (request_ == nullptr) return;
  if (body_ == Body::stream) stream_.end();
  const bool is_stream = std::exchange(body_, Body::bytes) == Body::stream;
  rest_ = {};
  auto& request = *std::exchange(request_, nullptr);
  if (is_stream) {
    request.pool().abandon(request);
  } else {
    request.pool().recycle(request);
  }
}

}  // namespace plughost::net
