#pragma once

#include <string>

namespace plughost::python {

/// The interpreter that Python takes itself for, in this process and in the pool's workers:
/// sys.executable, from which it finds its packages.
///
/// venv: the folder of a virtual environment (PEP 405), or empty for the distribution's own.
/// Errors: throws BindError with the key '/venv' if it is no virtual environment, or one of another
///         Python than the embedded 3.x, and says how to make one.
std::string python_executable(const std::string& venv);

}  // namespace plughost::python
