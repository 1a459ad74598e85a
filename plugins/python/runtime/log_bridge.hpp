#pragma once

#include <plughost/abi/abi.h>

typedef struct _object PyObject;

namespace plughost::python {

/// While one lives, what its thread logs belongs to that request.
///
/// Threads: made and ended on one thread; none inside another.
class LoggedRequest final {
 public:
  explicit LoggedRequest(ph_req token);
  ~LoggedRequest();
  LoggedRequest(const LoggedRequest&) = delete;
  LoggedRequest& operator=(const LoggedRequest&) = delete;
};

/// Tasks that are made while one lives, and what they start, log for that request.
///
/// Threads: made and ended on one thread, GIL held; none inside another.
class LoggedTask final {
 public:
  explicit LoggedTask(ph_req token);
  ~LoggedTask();
  LoggedTask(const LoggedTask&) = delete;
  LoggedTask& operator=(const LoggedTask&) = delete;

 private:
  PyObject* before_ = nullptr;
};

/// Sends what Python's `logging` and `warnings` say to the host's log, from the root logger, unless
/// a user's module configures logging otherwise. The root logger lets through what the host lets
/// through now.
///
/// host:    outlives the interpreter.
/// Threads: [control], GIL held, once, before users' modules are imported.
/// Errors:  throws BindError.
void send_logging_to(const ph_host* host);

}  // namespace plughost::python
