#include "dispatch/body_stream.hpp"

#include <utility>

namespace plughost::dispatch {

BodyStream::BodyStream(Request& request) : request_(request) {}

BodyStream::BodyStream(Request& request, Whole)
    : request_(request), was_whole_(true), unread_(request.message.body), complete_(true) {}

Outcome BodyStream::read(std::size_t max, std::string_view& bytes) noexcept {
  std::lock_guard lock(mutex_);
  bytes = {};
  if (cancelled_) return Outcome::cancelled;
  if (closed_) return Outcome::stale;
  const bool first = !std::exchange(wanted_, true);
  if (unread_.empty() && !arrived_.empty()) {
    const bool was_full = arrived_.size() >= kRoom;
    in_use_.clear();
    in_use_.swap(arrived_);
    unread_ = in_use_;
    if (was_full) request_.post(Request::News::look);
  }
  if (unread_.empty()) {
    if (complete_) return Outcome::ok;
    if (first) request_.post(Request::News::look);  // the client may wait for a 100
    return Outcome::pending;
  }
  bytes = unread_.substr(0, max);
  unread_.remove_prefix(bytes.size());
  return Outcome::ok;
}

Outcome BodyStream::on_readable(Notification notification) noexcept {
  auto outcome = Outcome::ok;
  {
    std::lock_guard lock(mutex_);
    const bool first = !std::exchange(wanted_, true);
    if (cancelled_) {
      outcome = Outcome::cancelled;
    } else if (closed_) {
      outcome = Outcome::stale;
    } else if (on_readable_) {
      outcome = Outcome::state;
    } else {
      on_readable_ = std::exchange(notification, {});
      if (first || readable()) request_.post(Request::News::look);
    }
  }
  notification.release.run();
  return outcome;
}

void BodyStream::close() noexcept {
  Notification unused;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    unused = std::exchange(on_readable_, {});
  }
  unused.release.run();
}

void BodyStream::add(std::string& bytes, bool is_last) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (arrived_.empty()) {
      arrived_.swap(bytes);
    } else {
      arrived_ += bytes;
    }
    complete_ = is_last;
  }
  bytes.clear();
  notify_if_readable();
}

void BodyStream::cancel() noexcept {
  {
    std::lock_guard lock(mutex_);
    if (complete_) return;
    cancelled_ = true;
  }
  notify_if_readable();
}

void BodyStream::notify_if_readable() noexcept {
  Notification due;
  {
    std::lock_guard lock(mutex_);
    if (!readable()) return;
    due = std::exchange(on_readable_, {});
  }
  due.fire(request_.token());
}

bool BodyStream::has_room() const noexcept {
  std::lock_guard lock(mutex_);
  return arrived_.size() < kRoom;
}

bool BodyStream::is_wanted() const noexcept {
  std::lock_guard lock(mutex_);
  return wanted_;
}

}  // namespace plughost::dispatch
