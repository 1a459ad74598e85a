#pragma once

#include "builtin/redirect_target.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"

namespace plughost::builtin {

/// Sends the client to another URL.
///
/// Owner:   BuiltinHandlers. Threads: as dispatch::Handler says.
class Redirect final : public dispatch::Handler {
 public:
  Redirect(dispatch::Responder& responder, RedirectTarget target, unsigned status)
      : responder_(responder), target_(std::move(target)), status_(status) {}

  void handle(dispatch::Request& request) noexcept override;
  bool nonblocking() const noexcept override { return true; }

 private:
  dispatch::Responder& responder_;
  const RedirectTarget target_;
  const unsigned status_;
};

}  // namespace plughost::builtin
