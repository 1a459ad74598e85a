#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/py_ref.hpp"

namespace plughost::python {

/// What an annotation asks for.
struct Type {
  enum class Kind { kAny, kInt, kFloat, kBool, kStr, kBytes, kList, kDict, kCustom };

  Kind kind = Kind::kAny;
  bool optional = false;             ///< None fits too
  std::unique_ptr<const Type> item;  ///< of a list, or the values of a dict; none: any
  PyRef from_json, from_all;  ///< kCustom: methods of the plughost._convert.Converter that does it
};

/// "an integer", "a list": the words for a message.
std::string_view expectation(const Type& type);

/// Where one parameter comes from.
struct Parameter {
  enum class Source {
    kPath,     ///< a path parameter of that name
    kField,    ///< the query, then a field of the JSON body
    kRequest,  ///< the request itself
    kBody,     ///< the whole JSON body
    kRawBody,  ///< the body's bytes, unparsed
    kStream,   ///< the body piece by piece, as it arrives
  };

  std::string name;
  PyRef keyword;  ///< the name as an interned str
  Source source = Source::kField;
  Type type;
  PyRef fallback;  ///< the default; empty: the parameter is required
};

/// How a function is called, decided once at bind.
///
/// Owner: a Target. Threads: GIL held for construction and destruction; then constant.
struct Signature {
  std::vector<Parameter> parameters;
  PyRef keywords;  ///< tuple of the names: every argument goes by keyword, so that decorators work
  bool takes_request = false;
  bool takes_stream = false;  ///< then nothing else is looked for in the body
};

/// Reads the plan plughost._bind made: a sequence of (name, source, type, default or absence), type
/// being (kind, optional, item or None); the item of "custom" is its converter, which knows of
/// None. False: a Python error is set.
bool read_signature(PyObject* plan, Signature& signature);

}  // namespace plughost::python
