#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "routing/pattern.hpp"

namespace plughost::dispatch {
class Handler;
}

namespace plughost::http {
struct CompressionPolicy;
struct CorsPolicy;
}  // namespace plughost::http

namespace plughost::routing {

/// One line of routes.yaml, or one route of code, that the table can match.
struct Route {
  std::vector<std::string> methods;  ///< upper case; empty: ANY
  Pattern pattern;
  std::chrono::milliseconds timeout{0};          ///< 0: none
  std::optional<std::uint64_t> body_limit;       ///< bytes of one request; none: the server's
  std::uint64_t max_in_flight = 0;               ///< requests at once; 0: no limit
  std::shared_ptr<const http::CorsPolicy> cors;  ///< null: none
  std::string plugin;                            ///< for logs and metrics
  std::string handler_name;
  SourcePosition position;
  std::string origin;  ///< as in config::Route
  /// Null: none.
  std::shared_ptr<const http::CompressionPolicy> compression;
  dispatch::Handler* handler = nullptr;  ///< routing never dereferences it
};

enum class MatchKind {
  found,
  preflight,           ///< of a route with a CORS policy; made from another match
  options,             ///< answered from the table: 204 with Allow
  not_found,           ///< 404
  method_not_allowed,  ///< 405 with Allow
  not_implemented,     ///< 501: not a registered method, and no ANY route takes it
};

/// What match() found. Parameter values are percent-decoded.
struct Match {
  MatchKind kind = MatchKind::not_found;
  const Route* route = nullptr;     ///< found and preflight only
  std::string allow;                ///< options and method_not_allowed: the Allow field's value
  std::vector<std::string> params;  ///< found only: one for each of pattern.parameters(), in order

  /// Makes the object fit for another match() and keeps what memory it can.
  void clear();
};

/// Decides which handler answers a request target.
///
/// Built once and never changed; a reload builds a new table.
/// Precedence: a route that names the request's host, then one with a wildcard for it, then one
/// without a host; among those the most specific pattern whose methods include the request's wins,
/// segment by segment from the left, with backtracking: literal, {x:int}, {x}, {x:path}; then named
/// method, HEAD implied by GET, ANY. OPTIONS is answered from the table only if no route takes it.
///
/// Owner:   App, by shared_ptr; a request keeps the table it was matched in alive.
/// Threads: construct on [main]; const members on [any].
/// Errors:  the constructor throws StartError naming both places of an ambiguous pair (the same
///          shape after renaming parameters with an overlapping named method, or twice ANY).
/// Limits:  a path that is a literal pattern costs one hash look-up. Else match() visits each node
///          of a pattern tree at most once, whatever the path; if routes name hosts, of three. A
///          match allocates only for parameter values and for escaped segments that are long.
class RouteTable final {
 public:
  RouteTable(const std::string& file, std::vector<Route> routes);
  ~RouteTable();
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  /// host: of the request, with or without a port; may be empty (HTTP/1.0).
  /// raw_path: the path of the request target, percent-encoded, starting with '/', free of bad
  /// escapes, of %00 and of dot segments (http::RequestParser refuses those). Or "*" (OPTIONS *),
  /// which is answered with the methods of all routes of that host.
  /// Allow lists what the routes name, HEAD beside GET, and OPTIONS, in alphabetical order.
  void match(std::string_view method, std::string_view host, std::string_view raw_path,
             Match& result) const;

  /// The route that match() would find, whoever asks; null: none.
  const Route* find(std::string_view method, std::string_view host,
                    std::string_view raw_path) const;

  const std::vector<Route>& routes() const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

/// True for a method that a route may name: config::registered_methods(), case-sensitive.
bool is_registered_method(std::string_view method);

}  // namespace plughost::routing
