#include "config/fixed_settings.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "config/json_writer.hpp"
#include "config/problems.hpp"
#include "config/quote.hpp"

namespace plughost::config {
namespace {

// `timeout` and `cors` are defaults of routes, which each route has been given.
constexpr std::string_view kMayChange[] = {"cors",       "log",    "plugins",
                                           "plugin_dir", "routes", "timeout"};

Diagnostic mistake(const Config& next, SourcePosition position, const std::string& key) {
  return {next.file, position,
          quote(key) +
              " is not as it was when the process started, and can only change by a "
              "restart; put it back to reload the rest"};
}

}  // namespace

FixedSettings read_fixed_settings(const Node& root) {
  FixedSettings settings;
  Problems elsewhere("");  // whoever reads the value reports its mistakes
  for (const Entry& entry : root.entries) {
    if (std::ranges::find(kMayChange, entry.key.text) != std::end(kMayChange)) continue;
    FixedSetting& setting = settings[entry.key.text];
    setting.position = entry.key.position;
    Positions positions;
    append_json(entry.value, "", setting.json, positions, elsewhere);
  }
  return settings;
}

std::vector<Diagnostic> find_fixed_changes(const Config& running, const Config& next) {
  std::vector<Diagnostic> mistakes;
  for (const auto& [key, setting] : next.fixed) {
    const auto before = running.fixed.find(key);
    if (before == running.fixed.end() || before->second.json != setting.json) {
      mistakes.push_back(mistake(next, setting.position, key));
    }
  }
  for (const auto& [key, setting] : running.fixed) {
    if (!next.fixed.contains(key)) mistakes.push_back(mistake(next, {}, key));
  }
  return mistakes;
}

}  // namespace plughost::config
