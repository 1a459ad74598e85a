// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <plughost/sdk/error.hpp>
#include <plughost/sdk/request.hpp>
#include <plughost/sdk/route.hpp>
#include <type_traits>
#include <utility>

namespace plughost::sdk {

/// Serves the requests of one route: answers now, or moves the request away and answers later.
///
/// Errors:  while it still has the request it may return or throw an Error, which the host turns
///          into the answer. Any other exception is a 500 and a line in the log.
/// Threads: several at once, unless the plugin is PH_PF_SERIAL.
using Handler = std::function<std::optional<Error>(Request&)>;

/// Makes the handler of one route, when the route table is built; throws Error to refuse it.
using HandlerFactory = std::function<Handler(const Route&)>;

enum class Run {
  kExecutor,    // may block: runs on a thread of the host's executor
  kNonblocking  // returns within microseconds and takes no contended lock: runs on an I/O thread
};

enum class Body {
  kWhole,    // the handler is called with all of it
  kStreamed  // the handler is called before it is there, and pulls it with Request::read_body
};

struct BoundHandler {
  Handler handle;
  Run run = Run::kExecutor;
  Body body = Body::kWhole;
};

/// Makes a Handler of anything that takes Request& and returns nothing, an Error, or perhaps one.
template <class F>
Handler make_handler(F callable) {
  static_assert(std::is_invocable_v<const F&, Request&>,
                "a handler takes Request& (not Request: the SDK must see whether it was taken) "
                "and is not mutable, because several threads may be in it at once");
  if constexpr (std::is_void_v<std::invoke_result_t<const F&, Request&>>) {
    return [callable = std::move(callable)](Request& request) -> std::optional<Error> {
      callable(request);
      return std::nullopt;
    };
  } else {
    return callable;
  }
}

}  // namespace plughost::sdk
