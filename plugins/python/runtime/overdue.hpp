#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "runtime/crew.hpp"

namespace plughost::python {

/// Finds the calls that are past their deadline by more than the handler's grace.
///
/// A call is to be interrupted then; if it has not returned after as long again, its thread is
/// stuck.
///
/// Threads: one, beside the members' own.
class Overdue final {
 public:
  enum class Step { interrupt, give_up };
  struct Case {
    std::size_t member;
    std::uint64_t turn;  ///< the call is still the same as long as this is the member's
    Step step;
  };

  explicit Overdue(std::size_t members) : known_(members) {}

  /// Each step of each call comes once.
  std::vector<Case> look(const std::deque<Member>& members, std::uint64_t now_ns);
  /// When the next step is due, as the last look saw it; UINT64_MAX: no call has a deadline.
  std::uint64_t next_ns() const { return next_ns_; }

 private:
  struct Known {
    std::uint64_t turn = 0;
    unsigned steps = 0;  // already due for it
  };

  std::vector<Known> known_;
  std::uint64_t next_ns_ = UINT64_MAX;
};

}  // namespace plughost::python
