#include "pool/session.hpp"

namespace plughost::python::pool {

Session::Session() : memory_(sizeof(Control)) {}

Session::Session(int fd) : memory_(fd, sizeof(Control)) {}

void Session::post() noexcept {
  control().posted.fetch_add(1, std::memory_order_release);
  control().worker.ring();
}

std::uint32_t Session::finished() const noexcept {
  return control().finished.load(std::memory_order_acquire);
}

bool Session::has_taken(std::uint32_t number) const noexcept {
  // Counters may wrap.
  return static_cast<std::int32_t>(control().taken.load(std::memory_order_acquire) - number) > 0;
}

void Session::close() noexcept {
  control().closed.store(1, std::memory_order_release);
  control().worker.ring();
}

bool Session::is_closed() const noexcept {
  return control().closed.load(std::memory_order_acquire) != 0;
}

std::optional<std::uint32_t> Session::next() noexcept {
  const std::uint32_t number = control().finished.load(std::memory_order_relaxed);
  if (control().posted.load(std::memory_order_acquire) == number) return std::nullopt;
  control().taken.store(number + 1, std::memory_order_release);
  return number;
}

void Session::wait() noexcept { control().worker.wait(kNap); }

void Session::finish() noexcept { control().finished.fetch_add(1, std::memory_order_release); }

}  // namespace plughost::python::pool
