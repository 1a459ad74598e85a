#include "runtime/overdue.hpp"

#include <algorithm>

namespace plughost::python {
namespace {

constexpr Overdue::Step kSteps[] = {Overdue::Step::interrupt, Overdue::Step::give_up};

}  // namespace

std::vector<Overdue::Case> Overdue::look(const std::deque<Member>& members, std::uint64_t now_ns) {
  std::vector<Case> cases;
  next_ns_ = UINT64_MAX;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::uint64_t turn = members[i].turn.load(std::memory_order_acquire);
    const std::uint64_t deadline = members[i].deadline_ns.load(std::memory_order_relaxed);
    Known& known = known_[i];
    if (known.turn != turn) known = {turn, 0};
    if (turn % 2 == 0 || deadline == 0 || known.steps == std::size(kSteps)) continue;
    if (now_ns >= deadline + (known.steps + 1) * kDeadlineGraceNs) {
      cases.push_back({i, turn, kSteps[known.steps++]});
      if (known.steps == std::size(kSteps)) continue;
    }
    next_ns_ = std::min(next_ns_, deadline + (known.steps + 1) * kDeadlineGraceNs);
  }
  return cases;
}

}  // namespace plughost::python
