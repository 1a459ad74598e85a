#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace plughost {

/// How the process ends; operations documents and tests rely on these numbers.
enum class ExitCode {
  clean = 0,
  internal_error = 1,
  usage = 2,
  refused = 3,  ///< configuration, plugin or route refused
  cannot_listen = 4,
  work_abandoned = 5,  ///< drain deadline or second signal, with work left
};

/// A place in a text file; lines and columns count from 1, 0 means unknown.
struct SourcePosition {
  int line = 0;
  int column = 0;
};

/// One mistake in a configuration file: where, what, and how to mend it.
struct Diagnostic {
  std::string file;
  SourcePosition position;
  std::string message;

  /// `file:line:column: error: message`; unknown parts of the place are left out.
  std::string to_string() const {
    std::string text = file;
    if (position.line > 0) {
      text += ':' + std::to_string(position.line) + ':' + std::to_string(position.column);
    }
    return text + ": error: " + message;
  }
};

/// Thrown while starting: every mistake found, so that one run reports them all.
///
/// Rationale: start-up throws, the request path returns Result, the plugin ABI has a status.
class StartError final : public std::runtime_error {
 public:
  StartError(ExitCode exit_code, std::vector<Diagnostic> diagnostics)
      : std::runtime_error(diagnostics.empty() ? "" : diagnostics.front().to_string()),
        exit_code_(exit_code),
        diagnostics_(std::move(diagnostics)) {}

  ExitCode exit_code() const { return exit_code_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  /// What stderr gets: a line for each mistake.
  std::string lines() const {
    std::string text;
    for (const auto& mistake : diagnostics_) text += mistake.to_string() + '\n';
    return text;
  }

 private:
  ExitCode exit_code_;
  std::vector<Diagnostic> diagnostics_;
};

/// A value, or the sentence that says why there is none.
template <typename T>
class Result final {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  static Result failure(std::string message) { return Result(Failure{std::move(message)}); }

  explicit operator bool() const { return content_.index() == 0; }
  T& value() { return std::get<0>(content_); }
  const T& value() const { return std::get<0>(content_); }
  const std::string& error() const { return std::get<1>(content_).message; }

 private:
  struct Failure {
    std::string message;
  };
  explicit Result(Failure failure) : content_(std::in_place_index<1>, std::move(failure)) {}

  std::variant<T, Failure> content_;
};

}  // namespace plughost
