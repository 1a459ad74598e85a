#include "interpreter.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "core/module_state.hpp"

namespace plughost::python::test {
namespace {

/// What the expressions of the tests may use.
constexpr char kToolsSource[] = R"(
import collections, dataclasses, datetime, decimal, enum, json, random, sys, uuid

class Text(str): pass
class Whole(int): pass
class Real(float): pass
class Color(enum.IntEnum):
    RED = 1
class Shade(enum.Enum):
    DARK = "dark"
    DAY = datetime.date(2026, 11, 25)
@dataclasses.dataclass
class Node:
    value: object
    next: object = None
class Broken:
    __dataclass_fields__ = {"x": dataclasses.field()}
    __dataclass_fields__["x"].name = "x"
    __dataclass_fields__["x"]._field_type = dataclasses._FIELD
Point = collections.namedtuple("Point", "x y")
class Backwards(dict):
    def items(self): return list(reversed(list(super().items())))
class Failing(dict):
    def items(self): raise ValueError("no items")

def dumps(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

def cycle():
    value = {"a": []}
    value["a"].append(value)
    return value

def record_cycle():
    node = Node(1)
    node.next = {"back": [node]}
    return node

def nested(depth, inner=0):
    value = inner
    for _ in range(depth): value = [value]
    return value

def random_value(source, depth=0):
    kind = source.randrange(10 if depth < 5 else 7)
    if kind == 0: return source.choice([None, True, False])
    if kind == 1: return source.randrange(-10**source.randrange(1, 40), 10**source.randrange(1, 40))
    if kind == 2: return source.uniform(-1, 1) * 10.0 ** source.randrange(-320, 308)
    if kind == 3: return float(source.randrange(-10**6, 10**6)) / source.choice([1, 2, 10, 1000])
    if kind <= 6: return random_text(source)
    size = source.randrange(6)
    if kind == 7: return [random_value(source, depth + 1) for _ in range(size)]
    if kind == 8: return tuple(random_value(source, depth + 1) for _ in range(size))
    return {random_key(source): random_value(source, depth + 1) for _ in range(size)}

def random_text(source):
    alphabet = ["ab ", "\"\\/", "\0\x01\n\t\x1f\x7f", "äß€", "\u2028\uffff", "😀\U0010ffff"]
    return "".join(source.choice(source.choice(alphabet)) for _ in range(source.randrange(20)))

def random_key(source):
    return source.choice([random_text(source), source.randrange(99), 1.5, True, None, "k"])

def mutated(source, text):
    data = bytearray(text.encode())
    for _ in range(source.randrange(3)):
        at = source.randrange(len(data) + 1)
        data[at:at + source.randrange(2)] = source.choice([b"", b",", b"]", b"}", b'"', b"\\", b"0",
            b"-", b".", b"e", b"\x00", b"\xff", b"\xed\xa0\x80", b" ", b"nul", b"\\ud800", b"[", b"{"])
    return bytes(data)

def strict_loads(data):
    """json.loads without what the decoder refuses: constants, infinities, lone surrogates."""
    def refuse(text): raise ValueError(text)
    def real(text):
        value = float(text)
        if value in (float("inf"), float("-inf")): raise ValueError(text)
        return value
    value = json.loads(data.decode(), parse_constant=refuse, parse_float=real)
    json.dumps(value, ensure_ascii=False).encode()
    return value
)";

PyObject* g_tools = nullptr;

[[noreturn]] void throw_python_error() {
  PyErr_Print();
  throw std::runtime_error("Python raised");
}

void start_interpreter() {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0;
  config.write_bytecode = 0;
  PyConfig_SetBytesString(&config, &config.program_name, PLUGHOST_PYTHON);
  const PyStatus status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
}

struct Interpreter {
  Interpreter() {
    start_interpreter();
    PyRun_SimpleString("import sys; sys.path.insert(0, '" PLUGHOST_SOURCE_DIR "/python')");
    g_tools = PyDict_New();
    if (PyRun_String(kToolsSource, Py_file_input, g_tools, g_tools) == nullptr)
      throw_python_error();
  }
  ~Interpreter() {
    Py_CLEAR(g_tools);
    shutdown_core();
    Py_FinalizeEx();
  }
};

BOOST_TEST_GLOBAL_FIXTURE(Interpreter);

ph_str view_of(const std::string& text) { return {text.data(), text.size()}; }

template <typename Pairs>
std::vector<ph_header> views_of(const Pairs& pairs) {
  std::vector<ph_header> views;
  for (const auto& pair : pairs) views.push_back({view_of(pair.first), view_of(pair.second)});
  return views;
}

}  // namespace

PyRef eval(const std::string& expression) {
  PyRef value = PyRef::steal(PyRun_String(expression.c_str(), Py_eval_input, g_tools, g_tools));
  if (!value) throw_python_error();
  return value;
}

std::string repr(const PyRef& object) {
  const PyRef text = PyRef::steal(PyObject_ASCII(object.get()));
  return text ? PyUnicode_AsUTF8(text.get()) : "?";
}

void define_module(const std::string& name, const std::string& source) {
  const PyRef code =
      PyRef::steal(Py_CompileString(source.c_str(), (name + ".py").c_str(), Py_file_input));
  if (!code) throw_python_error();
  if (!PyRef::steal(PyImport_ExecCodeModule(name.c_str(), code.get()))) throw_python_error();
}

LoadedState::LoadedState() {
  std::string error;
  BOOST_TEST_REQUIRE(load_module_state(error), error);
}

Head::Head() { head_.size = sizeof(head_); }
Head& Head::method(std::string text) {
  method_ = std::move(text);
  return *this;
}
Head& Head::path(std::string text) {
  path_ = std::move(text);
  return *this;
}
Head& Head::query(std::string text) {
  query_ = std::move(text);
  return *this;
}
Head& Head::body(std::string text) {
  body_ = std::move(text);
  return *this;
}
Head& Head::client(std::string address, unsigned port) {
  client_ = std::move(address);
  head_.client_port = port;
  return *this;
}
Head& Head::header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
  return *this;
}
Head& Head::param(std::string name, std::string value) {
  params_.emplace_back(std::move(name), std::move(value));
  return *this;
}

const ph_req_head& Head::get() {
  static const std::string kScheme = "http";
  static const std::string kRequestId = "request-1";
  target_ = query_.empty() ? path_ : path_ + "?" + query_;
  header_views_ = views_of(headers_);
  param_views_ = views_of(params_);
  head_.method = view_of(method_);
  head_.scheme = view_of(kScheme);
  head_.host = view_of(host_);
  head_.raw_target = view_of(target_);
  head_.raw_path = head_.path = view_of(path_);
  head_.query = view_of(query_);
  head_.client_addr = view_of(client_);
  head_.headers = header_views_.data();
  head_.n_headers = header_views_.size();
  head_.params = param_views_.data();
  head_.n_params = param_views_.size();
  head_.body = {body_.data(), body_.size()};
  head_.request_id = view_of(kRequestId);
  return head_;
}

Reply call(const std::string& spec, Head& head, const std::vector<std::string>& params) {
  Reply reply;
  Target::load(spec, params)->call(head.get(), nullptr, nullptr, reply);
  BOOST_TEST(PyErr_Occurred() == nullptr);
  return reply;
}

std::string header(const Reply& reply, std::string_view name) {
  for (const auto& pair : reply.headers) {
    if (pair.first == name) return pair.second;
  }
  return {};
}

std::string member(const Reply& reply, std::string_view name) {
  const std::string opening = "\"" + std::string(name) + "\":\"";
  const std::size_t start = reply.body.find(opening);
  if (start == std::string::npos) return {};
  std::string text;
  for (std::size_t at = start + opening.size(); at < reply.body.size(); ++at) {
    if (reply.body[at] == '"') break;
    if (reply.body[at] == '\\') ++at;
    text += reply.body[at];
  }
  return text;
}

}  // namespace plughost::python::test
