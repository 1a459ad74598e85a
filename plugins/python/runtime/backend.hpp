#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/target.hpp"
#include "runtime/measures.hpp"

namespace plughost::python {

/// What a handler has after its deadline to return by itself, before it is made to.
constexpr std::uint64_t kDeadlineGraceNs = 1'000'000'000;

struct RouteTarget;
struct Job;

enum class CallOutcome {
  replied,   ///< reply is to be sent
  answered,  ///< the terminal call was made
  failed,
};

/// Calls what a route names by another convention than Target's: begin and settle are not used.
///
/// Owner: a route. Threads: GIL held, destruction included; serve on dispatch threads.
class Gateway {
 public:
  virtual ~Gateway() = default;

  /// Calls it for job and sends its answer. deadline_ns is the call's, and becomes 0 when the call
  /// has none any more. May throw what the standard library throws.
  virtual CallOutcome serve(const ph_host* host, const Job& job,
                            std::atomic<std::uint64_t>& deadline_ns, Reply& reply) = 0;
};

/// One route bound to a Python function; freed at unbind.
struct RouteTarget {
  std::string spec;  ///< module:attr
  std::vector<std::string> params;
  std::unique_ptr<Target> target;  ///< loaded in this process in both modes: a wrong one fails bind
  std::unique_ptr<Gateway> gateway;  ///< of a WSGI application; else null
  bool streams_body = false;         ///< called at head time, it reads by a BodyReader
  bool debug = false;                ///< a 500 shows its traceback to the client
  RouteMeasures measures{};          ///< of mode thread; else they measure nothing
  /// Above 0: a call of it was seen to wait with the GIL released. Each of the calls after it that
  /// does not wait takes one off. Thread mode learns by it for which calls another thread goes on.
  mutable std::atomic<int> waits{0};
  static constexpr int kWaitsMemory = 16;
  /// Calls of the event loop that still know it; with the GIL held.
  mutable std::size_t tasks = 0;
};

/// A request on its way to Python. head and its views live until the terminal call.
struct Job {
  ph_req token = 0;
  const ph_req_head* head = nullptr;
  const RouteTarget* route = nullptr;
};

/// Runs jobs in one mode: thread (GIL dispatch) or pool (worker processes).
///
/// Every job accepted by submit gets exactly one terminal call, whatever happens.
///
/// Made and destroyed on [control] without the GIL, while the interpreter lives.
class Backend {
 public:
  virtual ~Backend() = default;

  /// [any], without the GIL; never blocks beyond a short lock. False: the queue is full.
  virtual bool submit(const Job& job) noexcept = 0;
  /// [control], GIL not held. Starts threads (and processes, if a route needs them).
  virtual void start() = 0;
  /// [control], GIL not held. Returns when every accepted job is answered, or at deadline_ns
  /// (CLOCK_MONOTONIC) after answering 503 to those that have not started. True: nothing is left.
  virtual bool drain(std::uint64_t deadline_ns) = 0;
  /// [control], GIL not held. No thread of it calls the host afterwards.
  virtual void stop() = 0;
  /// [any], takes no lock a handler may hold. Empty: healthy; else the reason.
  virtual std::string health() const = 0;
};

}  // namespace plughost::python
