#pragma once

#include <plughost/abi/abi.h>

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

/// Tasks that this thread makes from here on, and what they start, log for that request; 0: none.
///
/// Threads: GIL held; in the context (contextvars) in which the tasks are made.
void log_tasks_for(ph_req token);

/// Sends what Python's `logging` and `warnings` say to the host's log, from the root logger, unless
/// a user's module configures logging otherwise. The root logger lets through what the host lets
/// through now.
///
/// host:    outlives the interpreter.
/// Threads: [control], GIL held, once, before users' modules are imported.
/// Errors:  throws BindError.
void send_logging_to(const ph_host* host);

}  // namespace plughost::python
