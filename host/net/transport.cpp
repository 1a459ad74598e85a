#include "net/transport.hpp"

#include <pistache/peer.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "net/endpoints.hpp"

namespace plughost::net {

using dispatch::Request;
using Pistache::Polling::NotifyOn;

namespace {

// Streams may go on for ever: so often is looked for more before the other clients have their turn.
constexpr int kRounds = 16;

thread_local Transport* this_threads_transport = nullptr;

/// The flags of an event; Aio::FdSet::Entry hides RDHUP behind a private base, which only a
/// C-style cast may cross.
const Pistache::Polling::Event& flags_of(const Pistache::Aio::FdSet::Entry& entry) {
  return (const Pistache::Polling::Event&)entry;
}

/// Pistache wants one; its calls say nothing that the transport does not know.
class NoHandler final : public Pistache::Tcp::Handler {
 public:
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override {
    return std::make_shared<NoHandler>();
  }
  void onInput(const char*, size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
};

}  // namespace

Transport::Transport(std::uint8_t index, SharedContext& shared)
    : Pistache::Tcp::Transport(std::make_shared<NoHandler>()),
      requests_(index, *this),
      context_{shared, requests_, {}, {}, {}, false, false, {}},
      timer_fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  if (timer_fd_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
}

Transport::~Transport() {
  deliver_posted();
  for (auto& connection : connections_) {
    if (connection == nullptr) continue;
    const int fd = connection->fd();
    connection.reset();
    ::close(fd);
  }
  ::close(timer_fd_);
}

void Transport::registerPoller(Pistache::Polling::Epoll& poller) {
  Pistache::Tcp::Transport::registerPoller(poller);
  wake_.bind(poller);
  nap_.bind(poller);
  poller.addFd(timer_fd_, Pistache::Flags<NotifyOn>(NotifyOn::Read),
               Pistache::Polling::Tag(static_cast<std::uint64_t>(timer_fd_)));
}

void Transport::onReady(const Pistache::Aio::FdSet& ready) {
  this_threads_transport = this;
  awake_.store(true, std::memory_order_relaxed);
  closed_this_round_.clear();
  std::vector<Pistache::Polling::Event> pistaches_own;
  for (const auto& entry : ready) {
    context_.now = Clock::now();
    const auto& event = flags_of(entry);
    const int fd = static_cast<int>(event.tag.value());
    if (event.tag == wake_.tag()) {
      wake_.tryRead();
      run_commands();
    } else if (fd == timer_fd_) {
      on_tick();
    } else if (nap_.is_timer(fd)) {
      nap_.read_timer();
    } else if (find(fd) != nullptr) {
      on_event(fd, event);
    } else if (entry.isReadable() && std::find(closed_this_round_.begin(), closed_this_round_.end(),
                                               fd) == closed_this_round_.end()) {
      // Only its queues: the base throws for a write event of a descriptor it does not know.
      Pistache::Polling::Event own(event.tag);
      own.flags.setFlag(NotifyOn::Read);
      pistaches_own.push_back(own);
    }
    settle();
  }
  if (!pistaches_own.empty()) {
    Pistache::Tcp::Transport::onReady(Pistache::Aio::FdSet(std::move(pistaches_own)));
  }
  for (int round = 0;; ++round) {
    awake_.store(true, std::memory_order_relaxed);
    if (posted_.load(std::memory_order_relaxed) != nullptr) context_.now = Clock::now();
    deliver_posted();
    settle();
    nap_.begin();
    awake_.store(false, std::memory_order_seq_cst);
    if (posted_.load(std::memory_order_seq_cst) == nullptr) return;
    if (round == kRounds) return static_cast<void>(wake_.notify());
  }
}

void Transport::on_event(int fd, const Pistache::Polling::Event& event) {
  auto& connection = *find(fd);
  touch(connection);
  if (event.flags.hasFlag(NotifyOn::Write)) connection.on_writable();
  const bool saw_end =
      event.flags.hasFlag(NotifyOn::Shutdown) || event.flags.hasFlag(NotifyOn::Hangup);
  if (saw_end || event.flags.hasFlag(NotifyOn::Read)) connection.on_readable(saw_end);
  if (event.flags.hasFlag(NotifyOn::Hangup)) connection.on_hangup();
}

void Transport::post(Request& request) noexcept {
  if (this_threads_transport == this) {
    answered_here_.push_back(&request);
    return;
  }
  auto* head = posted_.load(std::memory_order_relaxed);
  do {
    request.next = head;
  } while (!posted_.compare_exchange_weak(head, &request, std::memory_order_seq_cst));
  if (head != nullptr || awake_.load(std::memory_order_seq_cst)) return;
  if (nap_.shares_core() && dispatch::AnswerBatch::put_off(*this)) return nap_.end_soon();
  wake_.notify();
}

void Transport::wake_up() noexcept {
  const bool is_needed =
      posted_.load(std::memory_order_seq_cst) != nullptr && !awake_.load(std::memory_order_seq_cst);
  if (is_needed) wake_.notify();
}

void Transport::run_soon(std::function<void()> command) {
  {
    std::lock_guard lock(commands_mutex_);
    commands_.push_back(std::move(command));
  }
  wake_.notify();
}

void Transport::run_commands() {
  std::vector<std::function<void()>> commands;
  {
    std::lock_guard lock(commands_mutex_);
    commands.swap(commands_);
  }
  for (auto& command : commands) command();
}

void Transport::deliver_posted() {
  auto* newest = posted_.exchange(nullptr, std::memory_order_acquire);
  Request* oldest = nullptr;
  while (newest != nullptr) {
    auto* next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  while (oldest != nullptr) {
    auto* next = oldest->next;
    requests_.deliver(*oldest);
    oldest = next;
  }
}

void Transport::settle() {
  for (int round = 0; !answered_here_.empty() || !context_.to_advance.empty(); ++round) {
    if (round == kRounds) {
      wake_.notify();
      break;
    }
    delivering_.swap(answered_here_);
    for (auto* request : delivering_) requests_.deliver(*request);
    delivering_.clear();
    for (std::size_t i = 0; i < context_.to_advance.size(); ++i) {
      auto& connection = *context_.to_advance[i];
      connection.queued_for_advance = false;
      touch(connection);
      connection.advance();
    }
    context_.to_advance.clear();
  }
  for (std::size_t i = 0; i < touched_.size(); ++i) finish(*touched_[i]);
  touched_.clear();
}

void Transport::touch(Connection& connection) {
  if (std::exchange(connection.touched, true)) return;
  touched_.push_back(&connection);
}

void Transport::finish(Connection& connection) {
  connection.touched = false;
  if (!connection.alive()) return drop(connection);
  update_interest(connection);
  schedule(connection);
}

}  // namespace plughost::net
