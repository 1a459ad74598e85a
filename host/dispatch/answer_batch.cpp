#include "dispatch/answer_batch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace plughost::dispatch {
namespace {

struct Batch {
  bool open = false;
  std::size_t count = 0;
  std::array<Sleeper*, 16> sleepers;
};

thread_local Batch batch;

}  // namespace

void AnswerBatch::begin() noexcept { batch.open = true; }

void AnswerBatch::end() noexcept {
  batch.open = false;
  std::for_each_n(batch.sleepers.begin(), batch.count, [](Sleeper* each) { each->wake_up(); });
  batch.count = 0;
}

bool AnswerBatch::put_off(Sleeper& sleeper) noexcept {
  if (!batch.open) return false;
  auto* const end = batch.sleepers.data() + batch.count;
  if (std::find(batch.sleepers.data(), end, &sleeper) != end) return true;
  if (batch.count == batch.sleepers.size()) return false;
  batch.sleepers[batch.count++] = &sleeper;
  return true;
}

}  // namespace plughost::dispatch
