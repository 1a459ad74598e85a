#pragma once

#include <string>
#include <vector>

struct _ts;  // PyThreadState

namespace plughost::python {

/// The one embedded CPython of this process.
///
/// Before it starts, its own libpython is opened again with RTLD_GLOBAL: the host loads plugins
/// RTLD_LOCAL, where _ctypes, _asyncio, _ssl, _multiprocessing and numpy miss symbols. No signal
/// handler is installed, argv and stdio are left alone; a process that Python code forks has the
/// default actions of the signals the host handles. PYTHONPATH and its like are honoured, the
/// working directory is not in sys.path.
///
/// Owner:   the plugin instance. Afterwards no second one can start in this process.
/// Threads: constructor, finalize and ControlGil on the control thread only, which is Python's main
///          thread. Between calls nobody holds the GIL.
/// Errors:  the constructor throws BindError: another interpreter runs, libpython differs from the
///          headers or cannot be opened again, the `plughost` package is missing.
class Interpreter final {
 public:
  /// import_paths stand first in sys.path, then the folder of the `plughost` package. executable:
  /// see python_executable (environment.hpp).
  Interpreter(const std::vector<std::string>& import_paths, const std::string& executable);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;
  /// Leaves an interpreter that was not finalised as it is: threads of user code may be in it.
  ~Interpreter() = default;

  /// When every Target is gone. Joins the user's non-daemon threads, runs atexit functions, kills
  /// daemonic processes of multiprocessing and ends Python. May hang in code of the user's; the
  /// host bounds the call that makes it.
  void finalize();

  /// The GIL for the control thread, for one scope.
  class ControlGil final {
   public:
    explicit ControlGil(Interpreter& interpreter);
    ~ControlGil();
    ControlGil(const ControlGil&) = delete;
    ControlGil& operator=(const ControlGil&) = delete;

   private:
    Interpreter& interpreter_;
  };

 private:
  _ts* control_state_ = nullptr;
};

/// The GIL for a thread of this plugin that calls Python for its whole life. It starts without the
/// GIL; acquire and release come in pairs.
///
/// Threads: every member on the thread that made it.
class PythonThread final {
 public:
  PythonThread();   ///< takes the GIL for a moment
  ~PythonThread();  ///< likewise
  PythonThread(const PythonThread&) = delete;
  PythonThread& operator=(const PythonThread&) = delete;

  void acquire();
  void release();
  const void* state() const { return state_; }  ///< for holds_gil

 private:
  _ts* state_;
};

/// [any] Tells whether the PythonThread of that state has the GIL at this moment.
bool holds_gil(const void* state);

/// GIL held. Raises plughost.DeadlineExceeded in the thread of that PythonThread as soon as it runs
/// Python code again; what waits in C code goes on waiting.
void interrupt_thread(const void* state);

/// GIL held. Takes back an interrupt of this thread that has not been raised.
void clear_interrupt();

/// Where the importable package `plughost` is, relative to this plugin's own file; empty: nowhere.
std::string package_folder();

/// The folder this plugin's own file is in.
std::string plugin_folder();

}  // namespace plughost::python
