#pragma once

#include <string>
#include <string_view>

#include "builtin/file_answer.hpp"
#include "builtin/file_tree.hpp"
#include "config/config.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"

namespace plughost::builtin {

/// Serves the files below a folder, or one file: `static` of a route.
///
/// What the last parameter of the route matched names the file. A folder is its index file; without
/// its slash it is a redirect to the path with it, since the relative links of a page need that.
///
/// Owner:   BuiltinHandlers. Threads: handle on executor threads, as opening a file may block.
class StaticFiles final : public dispatch::Handler {
 public:
  StaticFiles(dispatch::Responder& responder, const config::StaticFiles& settings);

  void handle(dispatch::Request& request) noexcept override;
  bool nonblocking() const noexcept override { return false; }

 private:
  void serve(const dispatch::Request& request);
  void serve_file(const dispatch::Request& request, const std::string& name, OpenFile file);
  void serve_fallback(const dispatch::Request& request, int error);
  OpenFile find_variant(const dispatch::Request& request, const std::string& name,
                        const OpenFile& plain, std::string_view& coding) const;
  void redirect_to_folder(const dispatch::Request& request);
  void refuse(const dispatch::Request& request, int error);

  dispatch::Responder& responder_;
  const config::StaticFiles settings_;
  const bool is_one_file_;
  const FileTree tree_;
  FileTraits traits_;  // of every file of the route
};

}  // namespace plughost::builtin
