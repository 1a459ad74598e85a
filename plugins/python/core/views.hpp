#pragma once

#include <plughost/abi/base.h>

#include <string_view>

namespace plughost::python {

inline std::string_view view(const ph_str& text) { return {text.ptr, text.len}; }

inline std::string_view view(const ph_buf& bytes) {
  return {static_cast<const char*>(bytes.ptr), bytes.len};
}

}  // namespace plughost::python
