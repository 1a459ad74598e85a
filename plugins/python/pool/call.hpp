#pragma once

#include <plughost/abi/request.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace plughost::python::pool {

class CallDesk;

/// A call that Python code of this process makes in a worker: the task that no client waits for.
///
/// Owner: the pool from its acceptance until it has ended, then the desk.
struct Call {
  static constexpr unsigned kReturned = 200;
  static constexpr unsigned kCancelled = 0;

  std::uint64_t number = 0;  ///< names it to the caller
  std::string function;      ///< module:function, for the log
  std::string bytes;  ///< pickled call; at the end the reply, or what went wrong in a sentence
  unsigned status = kCancelled;  ///< at the end: these two, or the status of an error answer
  CallDesk* desk = nullptr;      ///< where it goes at the end
  ph_req_head head{};            ///< the pool's: the call in a request's clothes
};

enum class Admission { kAccepted, kFull, kClosed };

/// Calls that have ended, until Python comes for them.
///
/// Threads: put and close on [any], take on one thread that holds no GIL.
class CallDesk final {
 public:
  void put(std::unique_ptr<Call> call) noexcept;
  /// Waits until there are some. None: it is closed.
  std::vector<std::unique_ptr<Call>> take();
  /// No more will come.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::unique_ptr<Call>> ended_;
  bool closed_ = false;
};

}  // namespace plughost::python::pool
