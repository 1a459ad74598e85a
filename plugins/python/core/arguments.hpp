#pragma once

#include <plughost/abi/request.h>

#include <optional>
#include <string_view>
#include <vector>

#include "core/problem.hpp"
#include "core/py_ref.hpp"
#include "core/query_string.hpp"
#include "core/request_object.hpp"
#include "core/signature.hpp"
#include "core/target.hpp"

namespace plughost::python {

/// The arguments of one call, found and converted as the signature says.
///
/// Looked up in order: path parameter, query, field of the body, which is a form if its
/// Content-Type says so and else JSON. The query and the body are taken apart only if a parameter
/// needs them. A function that takes the request reads the body itself: then a body that is not
/// JSON, or a broken form, leaves parameters that have a default at their default.
///
/// Owner: the call. Threads: GIL held.
class Arguments final {
 public:
  enum class Outcome {
    kReady,
    kProblem,  ///< the client's mistake: problem says which
    kRaised,   ///< a Python error is set
  };

  /// stream: what a parameter of source kStream gets; must outlive this.
  Arguments(const Signature& signature, const ph_req_head& head, PyObject* stream);

  Outcome collect(CancelProbe probe, void* probe_ctx, Problem& problem);

  /// After kReady. The function's result; empty: a Python error is set.
  PyRef call(PyObject* function) const;
  /// Lets the request's `cancelled` live on until disarm_probe; empty: there is no request.
  PyRef take_probe() { return request_ ? request_->take_probe() : PyRef(); }

 private:
  PyRef find(const Parameter& parameter, Problem& problem);
  PyRef from_path(const Parameter& parameter, Problem& problem) const;
  PyRef from_query_or_body(const Parameter& parameter, Problem& problem);
  PyRef from_field(const Parameter& parameter, Problem& problem);
  PyRef from_form(const Parameter& parameter, Problem& problem);
  PyRef from_body(const Parameter& parameter, Problem& problem);
  PyRef fallback_or_missing(const Parameter& parameter, std::string_view looked_in,
                            Problem& problem) const;
  const PyRef& request();
  bool parse_form();
  bool parse_body(Problem& problem);
  bool body_may_be_anything(const Parameter& parameter) const;

  const Signature& signature_;
  const ph_req_head& head_;
  PyObject* const stream_;
  CancelProbe probe_ = nullptr;
  void* probe_ctx_ = nullptr;
  std::optional<QueryString> query_;
  std::optional<RequestObject> request_;
  std::vector<PyRef> values_;
  PyRef form_;            ///< plughost.Form, once a field was looked for in it
  PyRef body_;            ///< parsed
  Problem body_problem_;  ///< why body_ is empty although body_parsed_
  bool body_parsed_ = false;
};

}  // namespace plughost::python
