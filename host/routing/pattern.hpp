#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "routing/host_name.hpp"

namespace plughost::routing {

enum class SegmentKind { literal, integer, any, rest };  // in order of precedence

struct Segment {
  SegmentKind kind;
  std::string text;  ///< literal: percent-decoded; else the parameter's name

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// A path pattern: `/users/{id:int}/files/{rest:path}`, or `api.example.com/users` for one host.
///
/// `{x}` is one non-empty segment; `{x:int}` is `0` or `[1-9][0-9]*`; `{x:path}`, last only, is the
/// rest, may be empty, and also matches the prefix without its slash. `/x` and `/x/` differ.
class Pattern final {
 public:
  /// Refuses: no '/', a bad host before the first one, unknown type, bad or repeated parameter
  /// name, `{x:path}` not last, text beside a parameter in one segment, unbalanced braces, query or
  /// fragment characters, dot segments, bad escapes (no request has those).
  static Result<Pattern> parse(std::string_view text);

  const std::string& text() const { return text_; }  ///< as written
  const HostPattern& host() const { return host_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<std::string>& parameters() const { return parameters_; }
  /// The literal prefix before the first parameter, percent-decoded and without a trailing slash:
  /// ASGI's root_path.
  const std::string& mount() const { return mount_; }

 private:
  std::string text_;
  HostPattern host_;
  std::vector<Segment> segments_;
  std::vector<std::string> parameters_;
  std::string mount_;
};

}  // namespace plughost::routing
