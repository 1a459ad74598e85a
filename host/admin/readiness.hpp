#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace plughost::admin {

/// Whether this server should get requests, and if not, why.
///
/// Owner: AdminServer. Threads: [any].
class Readiness final {
 public:
  /// What is wrong while it serves, a sentence each; called on the thread that asks.
  using Ailments = std::function<std::vector<std::string>()>;

  explicit Readiness(Ailments ailments) : ailments_(std::move(ailments)) {}

  /// Clients are answered from now on.
  void set_serving() { phase_.store(Phase::serving); }
  /// The stop has begun.
  void set_stopping() { phase_.store(Phase::stopping); }

  /// Empty: it is ready.
  std::vector<std::string> reasons() const;

 private:
  enum class Phase { starting, serving, stopping };

  const Ailments ailments_;
  std::atomic<Phase> phase_{Phase::starting};
};

}  // namespace plughost::admin
