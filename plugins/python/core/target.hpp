#pragma once

#include <plughost/abi/request.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/reply.hpp"

typedef struct _object PyObject;

namespace plughost::python {

/// Thrown at bind: a sentence, and the JSON pointer of the option at fault ("" is the target).
class BindError final : public std::runtime_error {
 public:
  BindError(std::string key, const std::string& message)
      : std::runtime_error(message), key_(std::move(key)) {}
  const std::string& key() const { return key_; }

 private:
  std::string key_;
};

class PyRef;

/// Answers whether the request has been cancelled (request.cancelled); may be called often.
using CancelProbe = bool (*)(void* ctx) noexcept;

/// A Python function resolved from `module:attr[.attr]`, with the plan of its parameters.
///
/// The plan is made once, here, so that a wrong signature fails the start and not a request.
///
/// Owner:   a route. Threads: every member with the GIL held, on any thread, concurrently.
/// Errors:  load throws BindError (import and syntax errors with file and line, unknown attribute,
///          not callable, unsupported annotation, each by name).
///          The rest never throws: what goes wrong becomes a problem answer (RFC 9457) and
///          Reply::log.
class Target final {
 public:
  /// What a call of the function gives.
  enum class Kind {
    function,
    generator,
    coroutine,
    async_generator,
    app,  ///< an application, which begin and call cannot call
  };

  /// params: names of the route's path parameters, which the function or its request may take.
  static std::unique_ptr<Target> load(std::string_view spec,
                                      const std::vector<std::string>& params);

  /// An application instead of a handler.
  struct AppOptions {
    const char* interface;  ///< "asgi" or "wsgi"
    bool factory;           ///< call what spec names: it makes the application
  };
  static std::unique_ptr<Target> load_app(std::string_view spec, const AppOptions& options);
  ~Target();

  /// Converts the arguments, calls, and normalises the result into reply (cleared first). A result
  /// that is a stream is an error here.
  /// head need not outlive the call: `request` objects copy what they keep.
  void call(const ph_req_head& head, CancelProbe probe, void* probe_ctx, Reply& reply) const;

  /// The first half of call, for a result that comes later: a coroutine, say. Empty: reply is the
  /// answer. held, if it is not empty, must be given to let_go before probe_ctx ends.
  /// stream: a plughost.BodyStream if takes_stream().
  PyRef begin(const ph_req_head& head, CancelProbe probe, void* probe_ctx, PyRef& held,
              Reply& reply, PyObject* stream = nullptr) const;
  static void let_go(const PyRef& held);
  /// The second half: makes reply of what the call came to in the end, or, if result is null, of
  /// the Python error that is set. stream, if not null, takes a body that comes in pieces.
  void settle(PyObject* result, const ph_req_head& head, Reply& reply,
              PyRef* stream = nullptr) const;

  const std::string& spec() const;
  Kind kind() const;
  /// Whether a parameter is the body as it arrives: call is not for it.
  bool takes_stream() const;
  /// Borrowed: the function, the WSGI application, or what runs the ASGI application
  /// (plughost._asgi.Application).
  PyObject* function() const;

 private:
  class Impl;
  explicit Target(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Drops what the core keeps of Python between calls; a later load starts afresh.
///
/// [control], GIL held, before the interpreter is finalised, when every Target is gone.
void shutdown_core();

}  // namespace plughost::python
