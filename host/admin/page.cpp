#include "admin/page.hpp"

#include <exception>

#include "base/log.hpp"

namespace plughost::admin {

void Page::handle(dispatch::Request& request) noexcept {
  const auto token = request.token();
  try {
    const Text text = make_();
    http::HeaderLines headers;
    headers.append("content-type", media_type_);
    headers.append("cache-control", "no-store");
    responder_.respond(token, {text.status, headers, text.body, {}});
  } catch (const std::exception& failure) {
    log::error(std::string("a page of the admin address failed: ") + failure.what());
    responder_.respond_problem(token, 500, "This page could not be made.");
  }
}

}  // namespace plughost::admin
