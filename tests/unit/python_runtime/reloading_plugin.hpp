#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "loaded_plugin.hpp"

namespace plughost::testing {

/// A folder of Python modules that nobody else has, removed at the end.
class Modules final {
 public:
  Modules() : folder_("/tmp/plughost-reload-XXXXXX") {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  ~Modules() { std::filesystem::remove_all(folder_); }
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;

  const std::string& folder() const { return folder_; }
  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(folder_) / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string read(const std::string& file) const {
    std::ifstream in(std::filesystem::path(folder_) / file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string folder_;
};

struct RouteOf {
  RouteOf(const char* its_target) : target(its_target) {}
  RouteOf(std::string its_target, std::string its_options)
      : target(std::move(its_target)), options(std::move(its_options)) {}
  std::string target, options = "{}";
};
using Table = std::vector<ph_handler>;

/// A plugin that serves modules of a folder, table by table, as a host that reloads does.
class ReloadingPlugin final : public LoadedPlugin {
 public:
  explicit ReloadingPlugin(const Modules& modules, const std::string& settings = "") {
    const Refusal refusal =
        create(R"({"import_paths": [")" + modules.folder() + "\"]" + settings + "}");
    if (refusal.code != PH_OK) throw std::runtime_error(refusal.message);
  }

  /// The first table, started.
  Table serve(const std::vector<RouteOf>& routes) {
    Table table = must_load(routes);
    const Refusal refusal = start();
    if (refusal.code != PH_OK) throw std::runtime_error("start: " + refusal.message);
    return table;
  }
  /// A new table beside the old one; aborted if it is refused.
  Refusal load(const std::vector<RouteOf>& routes, Table& table) {
    const std::uint64_t epoch = ++epoch_;
    Refusal refusal = table_begin(epoch);
    if (refusal.code != PH_OK) return refusal;
    for (const RouteOf& route : routes) {
      ph_handler handler;
      refusal = bind(route.target, handler, route.options);
      if (refusal.code != PH_OK) break;
      table.push_back(handler);
    }
    if (refusal.code == PH_OK) refusal = table_commit(epoch);
    if (refusal.code != PH_OK) {
      table.clear();
      table_abort(epoch);
    }
    return refusal;
  }
  Table must_load(const std::vector<RouteOf>& routes) {
    Table table;
    const Refusal refusal = load(routes, table);
    if (refusal.code != PH_OK) throw std::runtime_error("table: " + refusal.message);
    return table;
  }
  /// The old table goes, the new one comes.
  void replace(Table& table, const std::vector<RouteOf>& routes) {
    const Table next = must_load(routes);
    drop(table);
    table = next;
  }
  void drop(const Table& table) {
    for (const ph_handler& handler : table) unbind(handler);
  }
  std::string get(const ph_handler& handler) {
    const FakeRequest request;
    const ph_req token = ++token_;
    if (send(handler, token, request) != PH_OK) return "refused";
    const FakeAnswer answer = host.wait_for(token);
    return answer.status == 200 ? answer.body : std::to_string(answer.status) + " " + answer.body;
  }
  ph_req next_token() { return ++token_; }

 private:
  std::uint64_t epoch_ = 0;
  ph_req token_ = 0;
};

}  // namespace plughost::testing
