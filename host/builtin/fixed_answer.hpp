#pragma once

#include <string>

#include "config/config.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"

namespace plughost::builtin {

/// Gives every request the same answer.
///
/// Owner:   BuiltinHandlers; its bytes are sent from where they lie, so it outlives every request.
/// Threads: as dispatch::Handler says.
class FixedAnswer final : public dispatch::Handler {
 public:
  /// The header lines were checked by header_mistake().
  FixedAnswer(dispatch::Responder& responder, const config::FixedAnswer& answer);

  void handle(dispatch::Request& request) noexcept override;
  bool nonblocking() const noexcept override { return true; }

 private:
  dispatch::Responder& responder_;
  const unsigned status_;
  const std::string body_;
  http::HeaderLines headers_;
};

/// What is wrong with a header line of a fixed answer; empty: nothing.
std::string header_mistake(std::string_view name, std::string_view value);

}  // namespace plughost::builtin
