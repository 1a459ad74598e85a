#include "runtime/interpreter.hpp"

#include <dlfcn.h>
#include <pybind11/embed.h>
#include <signal.h>

#include <filesystem>

#include "core/module_state.hpp"
#include "core/target.hpp"

namespace plughost::python {
namespace {

namespace py = pybind11;
namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& message) { throw BindError("", message); }

template <typename Function>
std::string file_of(Function* function) {
  Dl_info info{};
  const auto address = reinterpret_cast<const void*>(function);
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

void make_libpython_global() {
  const std::string file = file_of(&Py_InitializeFromConfig);
  if (dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) == nullptr) {
    const char* why = dlerror();
    refuse("cannot open libpython (" + file +
           ") again for extension modules: " + (why == nullptr ? "unknown reason" : why));
  }
}

void check_process() {
  if (Py_IsInitialized() != 0) {
    refuse("another Python interpreter already runs in this process; there can be one");
  }
  const std::string running = Py_GetVersion();
  const std::string built =
      std::to_string(PY_MAJOR_VERSION) + "." + std::to_string(PY_MINOR_VERSION) + ".";
  if (running.compare(0, built.size(), built) != 0) {
    refuse("libpython is version " + running.substr(0, running.find(' ')) +
           ", but this plugin was built for " + built + "x");
  }
  std::error_code ignored;
  if (!fs::exists(PLUGHOST_PYTHON, ignored)) {
    refuse(std::string("there is no Python interpreter at ") + PLUGHOST_PYTHON +
           ", which this plugin was built for");
  }
}

void require(const PyStatus& status, PyConfig& config) {
  if (PyStatus_Exception(status) == 0) return;
  const std::string why = status.err_msg == nullptr ? "unknown reason" : status.err_msg;
  PyConfig_Clear(&config);
  refuse("Python does not start: " + why);
}

void initialize(const std::string& executable) {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0;
  config.parse_argv = 0;
  config.configure_c_stdio = 0;
  config.buffered_stdio = 0;  // what a handler prints is wanted in the log now, not at exit
  config.safe_path = 1;
  // A guessed sys.executable would make multiprocessing start some other interpreter.
  require(PyConfig_SetBytesString(&config, &config.program_name, executable.c_str()), config);
  require(PyConfig_SetBytesString(&config, &config.executable, executable.c_str()), config);
  require(Py_InitializeFromConfig(&config), config);
  PyConfig_Clear(&config);
}

void prepare_paths(const std::vector<std::string>& import_paths, const std::string& package) {
  py::list paths = py::module_::import("sys").attr("path");
  py::ssize_t at = 0;
  for (const std::string& path : import_paths) paths.insert(at++, path);
  paths.insert(at, package);
  // The thread that first imports threading is what it calls the main thread.
  py::module_::import("threading");
}

constexpr int kHostSignals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};

thread_local sigset_t mask_before_fork;

/// A signal that reached a forked child before it dropped the host's handlers would be lost, and
/// the host would take it for its own: the handlers write to a pipe that the child shares.
PyObject* hold_signals(PyObject* /*self*/, PyObject* /*arguments*/) {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : kHostSignals) sigaddset(&held, number);
  pthread_sigmask(SIG_BLOCK, &held, &mask_before_fork);
  Py_RETURN_NONE;
}

PyObject* release_signals(PyObject* /*self*/, PyObject* /*arguments*/) {
  pthread_sigmask(SIG_SETMASK, &mask_before_fork, nullptr);
  Py_RETURN_NONE;
}

PyObject* drop_signal_handlers(PyObject* self, PyObject* arguments) {
  for (const int number : kHostSignals) ::signal(number, SIG_DFL);
  return release_signals(self, arguments);
}

py::object python_function(PyMethodDef& definition) {
  auto function = py::reinterpret_steal<py::object>(PyCFunction_New(&definition, nullptr));
  if (!function) throw py::error_already_set();
  return function;
}

/// Children that users' functions fork can be ended by a signal, as in any Python program.
void drop_signal_handlers_in_forked_children() {
  static PyMethodDef before{"hold_signals", hold_signals, METH_NOARGS, nullptr};
  static PyMethodDef in_parent{"release_signals", release_signals, METH_NOARGS, nullptr};
  static PyMethodDef in_child{"drop_signal_handlers", drop_signal_handlers, METH_NOARGS, nullptr};
  py::module_::import("os").attr("register_at_fork")(
      py::arg("before") = python_function(before),
      py::arg("after_in_parent") = python_function(in_parent),
      py::arg("after_in_child") = python_function(in_child));
}

/// multiprocessing asks its daemonic children to end and then waits for them for ever. Just before
/// that, and after the users' own atexit functions, those that are left are killed.
constexpr char kKillChildrenAtExit[] = R"(
import sys
if "multiprocessing.util" in sys.modules:
    from multiprocessing import active_children, util

    def kill_daemonic_children():
        for child in active_children():
            if child.daemon:
                child.kill()

    util.Finalize(None, kill_daemonic_children, exitpriority=0)
)";

void kill_children_at_exit() {
  try {
    py::exec(kKillChildrenAtExit, py::dict());
  } catch (const py::error_already_set&) {
    // Then multiprocessing ends them in its own way.
  }
}

}  // namespace

std::string plugin_folder() {
  const fs::path file = fs::absolute(file_of(&plugin_folder));
  return file.parent_path().lexically_normal().string();
}

std::string package_folder() {
  const fs::path here = plugin_folder();
  for (const char* place : {"python", "../python", "../../../share/plughost/python"}) {
    const fs::path folder = (here / place).lexically_normal();
    std::error_code ignored;
    if (fs::exists(folder / "plughost" / "__init__.py", ignored)) return folder.string();
  }
  return "";
}

Interpreter::Interpreter(const std::vector<std::string>& import_paths,
                         const std::string& executable) {
  check_process();
  const std::string package = package_folder();
  if (package.empty()) {
    refuse(
        "the Python package 'plughost' is not beside the plugin: neither in python, ../python "
        "nor ../../../share/plughost/python of " +
        plugin_folder());
  }
  make_libpython_global();
  initialize(executable);
  try {
    // pybind11 must set itself up on a thread whose state Python made: on a fresh one its first
    // call trips PyGILState_Check.
    py::detail::get_internals();
    prepare_paths(import_paths, package);
    drop_signal_handlers_in_forked_children();
  } catch (const std::exception& error) {
    const std::string why = error.what();
    PyErr_Clear();
    control_state_ = PyEval_SaveThread();
    refuse("Python does not start: " + why);
  }
  control_state_ = PyEval_SaveThread();
}

void Interpreter::finalize() {
  if (control_state_ == nullptr) return;
  PyEval_RestoreThread(control_state_);
  control_state_ = nullptr;
  shutdown_core();
  kill_children_at_exit();
  Py_FinalizeEx();
}

Interpreter::ControlGil::ControlGil(Interpreter& interpreter) : interpreter_(interpreter) {
  PyEval_RestoreThread(interpreter_.control_state_);
}

Interpreter::ControlGil::~ControlGil() { interpreter_.control_state_ = PyEval_SaveThread(); }

PythonThread::PythonThread() : state_((PyGILState_Ensure(), PyEval_SaveThread())) {}

PythonThread::~PythonThread() {
  PyEval_RestoreThread(state_);
  PyGILState_Release(PyGILState_UNLOCKED);
}

void PythonThread::acquire() { PyEval_RestoreThread(state_); }

void PythonThread::release() { state_ = PyEval_SaveThread(); }

bool holds_gil(const void* state) { return _PyThreadState_UncheckedGet() == state; }

void interrupt_thread(const void* state) {
  if (state == nullptr) return;
  PyThreadState_SetAsyncExc(static_cast<const PyThreadState*>(state)->thread_id,
                            module_state().deadline_exceeded_type.get());
}

void clear_interrupt() { PyThreadState_SetAsyncExc(PyThread_get_thread_ident(), nullptr); }

}  // namespace plughost::python
