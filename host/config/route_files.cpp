#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/route_answers.hpp"
#include "config/served_name.hpp"

namespace plughost::config {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "the path of a folder like ./public";

bool only_reads(const std::string& method) { return method == "GET" || method == "HEAD"; }

/// What kind of file it is; not_found after a problem was added.
fs::file_type find_kind(const fs::path& path, SourcePosition position, Problems& problems) {
  std::error_code error;
  const fs::file_type kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory || kind == fs::file_type::regular) return kind;
  problems.add(position, quote(path.string()) + " cannot be served: " +
                             (error ? error.message() : "it is neither a folder nor a file") +
                             "; correct the path, or make the folder");
  return fs::file_type::not_found;
}

void read_path(const Node& node, const fs::path& directory, const Route& route, fs::path& path,
               Problems& problems) {
  const std::string* text = scalar_text(node, kWhat, problems);
  if (text == nullptr) return;
  path = (directory / *text).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const fs::file_type kind = find_kind(path, node.position, problems);
  if (kind == fs::file_type::not_found) path.clear();
  const std::string& pattern = route.pattern;
  if (kind != fs::file_type::directory || pattern.ends_with('}')) return;
  const std::string better = pattern + (pattern.ends_with('/') ? "" : "/") + "{rest:path}";
  problems.add(node.position, quote(*text) + " is a folder, and the path " + quote(pattern) +
                                  " leaves nothing to look for in it; write " + quote(better) +
                                  ", or name one file");
}

void read_index(const Node& node, std::string& index, Problems& problems) {
  const std::string* text = scalar_text(node, "a file name like index.html, or none", problems);
  if (text == nullptr) return;
  index = *text == "none" ? "" : *text;
  if (index.empty() || (is_served_name(index) && index.find('/') == std::string::npos)) return;
  problems.add(node.position, quote(*text) + " is not the name of a file that is served");
}

void read_fallback(const Node& node, StaticFiles& files, Problems& problems) {
  const std::string* text = scalar_text(node, "a file in the folder like index.html", problems);
  if (text == nullptr) return;
  files.fallback = *text;
  std::error_code ignored;
  if (is_served_name(*text) && fs::is_regular_file(files.path / *text, ignored)) return;
  problems.add(node.position, quote(*text) + " is not a file in " + quote(files.path.string()) +
                                  " that is served; correct it, or remove 'fallback'");
}

void read_settings(const Node& node, const fs::path& directory, const Route& route,
                   StaticFiles& files, Problems& problems) {
  milliseconds max_age{-1};
  const Node* fallback = nullptr;
  read_mapping(
      node, " in 'static'",
      {{"path",
        [&](const Node& value) { read_path(value, directory, route, files.path, problems); }},
       {"index", [&](const Node& value) { read_index(value, files.index, problems); }},
       {"fallback", [&](const Node& value) { fallback = &value; }},
       {"symlinks", flag_into(files.symlinks, problems)},
       {"precompressed", flag_into(files.precompressed, problems)},
       {"max_age", duration_into(max_age, milliseconds(0), problems)}},
      {}, problems);
  if (max_age.count() >= 0) files.max_age = std::chrono::floor<std::chrono::seconds>(max_age);
  if (find(node, "path") == nullptr) {
    problems.add(node.position, "'static' has no 'path'; add one like 'path: ./public'");
  } else if (fallback != nullptr && !files.path.empty()) {
    read_fallback(*fallback, files, problems);
  }
}

}  // namespace

void read_static(const Node& node, const fs::path& directory, Route& route, Problems& problems) {
  StaticFiles files;
  if (node.kind == NodeKind::mapping && !node.refused) {
    read_settings(node, directory, route, files, problems);
  } else {
    read_path(node, directory, route, files.path, problems);
  }
  route.files = std::move(files);
  const auto& methods = route.methods;
  if (!methods.empty() && std::all_of(methods.begin(), methods.end(), only_reads)) return;
  problems.add(route.position,
               "files are for GET and HEAD alone; write 'GET " + route.pattern + "'");
}

}  // namespace plughost::config
