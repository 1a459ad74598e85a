#pragma once

#include <plughost/abi/request.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/py_ref.hpp"
#include "core/reply.hpp"
#include "core/target.hpp"

/// Python for the suites of this folder: one interpreter a process, the tests hold its GIL.
namespace plughost::python::test {

/// The value of a Python expression, which may use the names of tools_source. Throws if it raises.
PyRef eval(const std::string& expression);

/// repr(object).
std::string repr(const PyRef& object);

/// Makes `import name` give a module of that source.
void define_module(const std::string& name, const std::string& source);

/// A fixture for suites that need core/module_state.hpp and load no target.
struct LoadedState {
  LoadedState();
};

/// A request head and the memory its views point into.
class Head {
 public:
  Head();
  Head& method(std::string text);
  Head& path(std::string text);
  Head& query(std::string text);
  Head& body(std::string text);
  Head& client(std::string address, unsigned port);
  Head& header(std::string name, std::string value);
  Head& param(std::string name, std::string value);
  const ph_req_head& get();

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  std::string method_ = "GET", path_ = "/", target_, query_, body_, client_, host_ = "example.com";
  Pairs headers_, params_;
  std::vector<ph_header> header_views_, param_views_;
  ph_req_head head_{};
};

/// Loads module:function with the path parameters of head, calls it once and gives the reply.
Reply call(const std::string& spec, Head& head, const std::vector<std::string>& params = {});

/// The value of a reply's header; empty: none.
std::string header(const Reply& reply, std::string_view name);

/// The text between `"name":"` and the next quote in a JSON body.
std::string member(const Reply& reply, std::string_view name);

}  // namespace plughost::python::test
