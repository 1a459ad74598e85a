#include "admin/readiness.hpp"

namespace plughost::admin {

std::vector<std::string> Readiness::reasons() const {
  switch (phase_.load()) {
    case Phase::starting:
      return {"the server is starting"};
    case Phase::stopping:
      return {"the server is stopping"};
    case Phase::serving:
      break;
  }
  return ailments_();
}

}  // namespace plughost::admin
