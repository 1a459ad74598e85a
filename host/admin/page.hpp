#pragma once

#include <functional>
#include <string>

#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"

namespace plughost::admin {

/// A text made anew for each request.
///
/// Owner: AdminServer.
class Page final : public dispatch::Handler {
 public:
  struct Text {
    unsigned status;
    std::string body;
  };
  enum class Thread { io, executor };

  /// thread: where make runs; one that may take longer than a moment goes on the executor.
  Page(dispatch::Responder& responder, std::string media_type, Thread thread,
       std::function<Text()> make)
      : responder_(responder),
        media_type_(std::move(media_type)),
        thread_(thread),
        make_(std::move(make)) {}

  void handle(dispatch::Request& request) noexcept override;
  bool nonblocking() const noexcept override { return thread_ == Thread::io; }

 private:
  dispatch::Responder& responder_;
  const std::string media_type_;
  const Thread thread_;
  const std::function<Text()> make_;
};

}  // namespace plughost::admin
