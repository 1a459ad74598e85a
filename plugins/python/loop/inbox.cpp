#include "loop/inbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "runtime/clock.hpp"

namespace plughost::python::loop {
namespace {

int make_descriptor() {
  const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

struct Ticket {
  std::shared_ptr<Inbox> inbox;
  News::Kind kind;
};

void redeem(void* ctx, ph_req token) noexcept {
  const auto* ticket = static_cast<const Ticket*>(ctx);
  ticket->inbox->post(ticket->kind, token);
}

void discard(void* ctx) noexcept { delete static_cast<Ticket*>(ctx); }

}  // namespace

Inbox::Inbox(std::size_t most) : most_(most), descriptor_(make_descriptor()) {}

Inbox::~Inbox() { ::close(descriptor_); }

bool Inbox::submit(const Job& job) noexcept try {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || under_way_.load(std::memory_order_relaxed) >= most_) return false;
    first = add({News::Kind::request, job});
    under_way_.fetch_add(1, std::memory_order_relaxed);
  }
  if (first) wake();
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

void Inbox::post(News::Kind kind, ph_req token) noexcept {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = add({kind, {token, nullptr, nullptr}});
  }
  if (first) wake();
}

/// mutex_ held. True: nobody has woken the loop for what waits.
bool Inbox::add(const News& news) {
  news_.push_back(news);
  if (news_.size() > 1) return false;
  since_ns_.store(now_ns(), std::memory_order_relaxed);
  return true;
}

void Inbox::wake() noexcept {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(descriptor_, &one, sizeof(one)));
}

void Inbox::take(std::vector<News>& news) {
  news.clear();
  std::uint64_t count = 0;
  static_cast<void>(!::read(descriptor_, &count, sizeof(count)));
  const std::lock_guard lock(mutex_);
  news_.swap(news);
  since_ns_.store(0, std::memory_order_relaxed);
}

void Inbox::end() noexcept {
  if (under_way_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  const std::lock_guard lock(mutex_);
  if (closed_) empty_.notify_all();
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool Inbox::wait_until_empty(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_until(lock, deadline, [this] { return size() == 0; });
}

ph_notify notify_inbox(const std::shared_ptr<Inbox>& inbox, News::Kind kind) {
  return {redeem, discard, new Ticket{inbox, kind}};
}

}  // namespace plughost::python::loop
