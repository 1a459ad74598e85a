#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/log.hpp"
#include "unit/plugin/temporary_folder.hpp"

namespace plughost::plugin {

/// What the host's log says while this exists.
class CapturedLog final {
 public:
  CapturedLog() : saved_(dup(STDERR_FILENO)) {
    log::flush();
    auto* file = std::fopen(name().c_str(), "w");
    dup2(fileno(file), STDERR_FILENO);
    std::fclose(file);
  }
  ~CapturedLog() {
    log::flush();
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  std::string text() const {
    log::flush();
    return read_file(name());
  }
  bool says(const std::string& words) const { return text().find(words) != std::string::npos; }

 private:
  std::filesystem::path name() const { return folder_.path() / "log"; }

  TemporaryFolder folder_;
  int saved_;
};

}  // namespace plughost::plugin
