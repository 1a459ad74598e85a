#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/response_writer.hpp"

namespace plughost::http {

/// Which pages of other origins may use a route, by the CORS protocol of the Fetch standard.
///
/// Threads: never changed while serving; const members on [any].
struct CorsPolicy {
  /// Lower case, as browsers send them: "https://a.example:8443", or "https://*.b.example" for one
  /// label. Empty: any origin.
  std::vector<std::string> origins;
  std::string methods;                 ///< "GET, POST"; empty: whatever the route takes
  std::optional<std::string> headers;  ///< "x-a, x-b"; none: whatever is asked for
  std::string expose;                  ///< "x-a, x-b" or "*"; empty: none
  bool credentials = false;            ///< never with any origin
  std::optional<std::chrono::seconds> max_age;

  bool allows(std::string_view origin) const;

  /// Adds what an answer to a page of that origin needs; origin is empty if the request has none.
  /// Adds nothing if the answer has such a field already: a handler knows better.
  void append_to(HeaderLines& headers_of_answer, std::string_view origin) const;

  /// Adds what the answer to a preflight request needs: method and field names are those that the
  /// page asks for.
  void append_preflight_to(HeaderLines& headers_of_answer, std::string_view origin,
                           std::string_view method, std::string_view field_names) const;

 private:
  bool append_origin_to(HeaderLines& headers_of_answer, std::string_view origin) const;
};

}  // namespace plughost::http
