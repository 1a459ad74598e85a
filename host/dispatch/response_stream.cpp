#include "dispatch/response_stream.hpp"

#include <iterator>
#include <utility>

#include "http/content_encoder.hpp"

namespace plughost::dispatch {
namespace {

constexpr std::size_t kCopiedWrite = 1024;       // smaller ones are copied even if they are lent
constexpr std::size_t kCopiedPiece = 16 * 1024;  // copies are gathered up to that

}  // namespace

ResponseStream::ResponseStream(Request& request, http::Framing framing,
                               std::uint64_t declared_length,
                               std::unique_ptr<http::ContentEncoder> encoder)
    : request_(request),
      framing_(framing),
      declared_length_(declared_length),
      encoder_(std::move(encoder)) {}
ResponseStream::~ResponseStream() = default;

Outcome ResponseStream::write(std::string_view bytes, Release release) noexcept {
  auto outcome = Outcome::ok;
  if (encoder_ != nullptr) {
    outcome = write_encoded(bytes);
  } else {
    std::lock_guard lock(mutex_);
    if (dropped_) {
      outcome = Outcome::cancelled;
    } else if (end_ != End::open) {
      outcome = Outcome::stale;
    } else if (framing_ == http::Framing::content_length &&
               bytes.size() > declared_length_ - written_) {
      outcome = Outcome::invalid;
    } else if (waiting_ >= kHighWater && waiting_ + bytes.size() > kMost) {
      outcome = Outcome::busy;
    } else if (framing_ != http::Framing::none && !bytes.empty()) {
      append(bytes, release);
      request_.post(Request::News::look);
      if (waiting_ > kHighWater) outcome = Outcome::backpressure;
    }
  }
  release.run();
  return outcome;
}

Outcome ResponseStream::write_encoded(std::string_view bytes) {
  std::lock_guard encoding(encoding_);
  const auto admitted = admit(bytes.size());
  if (admitted != Outcome::ok || bytes.empty() || framing_ == http::Framing::none) return admitted;
  std::string encoded;
  if (!encoder_->encode(bytes, http::ContentEncoder::Then::flush, encoded)) {
    end(End::truncated);
    return Outcome::cancelled;
  }
  put(encoded, {});
  return is_behind() ? Outcome::backpressure : Outcome::ok;
}

Outcome ResponseStream::admit(std::size_t bytes) const noexcept {
  std::lock_guard lock(mutex_);
  if (dropped_ || end_ != End::open) return Outcome::cancelled;
  return waiting_ >= kHighWater && waiting_ + bytes > kMost ? Outcome::busy : Outcome::ok;
}

void ResponseStream::put(std::string_view head, std::string_view bytes, Release release) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!dropped_ && end_ == End::open) {
      Release none;
      append(head, none);
      append(bytes, release);
      request_.post(Request::News::look);
    }
  }
  release.run();
}

void ResponseStream::nudge() noexcept {
  std::lock_guard lock(mutex_);
  if (!dropped_ && end_ == End::open) request_.post(Request::News::look);
}

bool ResponseStream::is_behind() const noexcept {
  std::lock_guard lock(mutex_);
  return waiting_ > kHighWater;
}

void ResponseStream::append(std::string_view bytes, Release& release) {
  written_ += bytes.size();
  waiting_ += bytes.size();
  if (release.fn != nullptr && bytes.size() >= kCopiedWrite) {
    pieces_.push_back({{}, bytes, std::exchange(release, {})});
    return;
  }
  const bool fits = !pieces_.empty() && pieces_.back().lent.data() == nullptr &&
                    pieces_.back().copied.size() + bytes.size() <= kCopiedPiece;
  if (!fits) pieces_.emplace_back();
  pieces_.back().copied.append(bytes);
}

Outcome ResponseStream::on_writable(Notification notification) noexcept {
  auto outcome = Outcome::ok;
  {
    std::lock_guard lock(mutex_);
    if (dropped_) {
      outcome = Outcome::cancelled;
    } else if (end_ != End::open) {
      outcome = Outcome::stale;
    } else if (on_writable_) {
      outcome = Outcome::state;
    } else {
      on_writable_ = std::exchange(notification, {});
      if (waiting_ <= kLowWater) request_.post(Request::News::look);
    }
  }
  notification.release.run();
  return outcome;
}

std::uint64_t ResponseStream::finish(std::string_view trailers) noexcept {
  std::uint64_t missing = 0;
  if (encoder_ != nullptr && framing_ != http::Framing::none) {
    std::lock_guard encoding(encoding_);
    std::string encoded;
    if (!encoder_->encode({}, http::ContentEncoder::Then::finish, encoded)) end(End::truncated);
    put(encoded, {});
  }
  {
    std::lock_guard lock(mutex_);
    if (framing_ == http::Framing::content_length) missing = declared_length_ - written_;
    trailers_ = trailers;
  }
  end(missing == 0 ? End::finished : End::truncated);
  return missing;
}

void ResponseStream::truncate() noexcept { end(End::truncated); }

void ResponseStream::end(End how) noexcept {
  Notification unused;
  {
    std::lock_guard lock(mutex_);
    if (end_ == End::open) end_ = how;
    unused = std::exchange(on_writable_, {});
  }
  unused.release.run();
}

ResponseStream::End ResponseStream::take(std::vector<Piece>& out) {
  std::lock_guard lock(mutex_);
  if (out.empty()) {
    out.swap(pieces_);
  } else {
    std::move(pieces_.begin(), pieces_.end(), std::back_inserter(out));
    pieces_.clear();
  }
  return end_;
}

void ResponseStream::sent(std::size_t bytes) noexcept {
  {
    std::lock_guard lock(mutex_);
    waiting_ -= bytes;
  }
  notify_if_writable();
}

void ResponseStream::notify_if_writable() noexcept {
  Notification due;
  {
    std::lock_guard lock(mutex_);
    if (waiting_ > kLowWater) return;
    due = std::exchange(on_writable_, {});
  }
  due.fire(request_.token());
}

void ResponseStream::drop() noexcept {
  std::vector<Piece> dropped;
  Notification due;
  {
    std::lock_guard lock(mutex_);
    dropped_ = true;
    dropped.swap(pieces_);
    due = std::exchange(on_writable_, {});
  }
  for (auto& piece : dropped) piece.release.run();
  due.fire(request_.token());
}

}  // namespace plughost::dispatch
