#pragma once

#include <initializer_list>

#include "http/message.hpp"

namespace plughost::http {

/// A GET with the given fields, which must be string literals.
struct RequestWith : RequestMessage {
  RequestWith(std::initializer_list<HeaderField> fields, std::string_view its_method = "GET") {
    method = its_method;
    headers = fields;
  }
};

}  // namespace plughost::http
