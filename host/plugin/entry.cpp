#include "plugin/entry.hpp"

#include <string>

namespace plughost::plugin {
namespace {

constexpr unsigned kNewestMajorLookedFor = 9;

using Checked = Result<const ph_entry*>;

std::string wrong_major(unsigned major) {
  return "it is built for plugin ABI major " + std::to_string(major) + ", this host has " +
         std::to_string(PH_ABI_MAJOR) + "; build it with this host's headers";
}

std::string no_entry(const SharedLibrary& library) {
  for (unsigned major = 0; major <= kNewestMajorLookedFor; ++major) {
    const auto symbol = "ph_plugin_entry_v" + std::to_string(major);
    if (library.symbol(symbol.c_str()) != nullptr) return wrong_major(major);
  }
  return "not a plughost plugin: it does not export " PH_ENTRY_SYMBOL;
}

bool has_required_calls(const ph_plugin_api& api) {
  return api.size >= offsetof(ph_plugin_api, get_extension) && api.bind != nullptr &&
         api.unbind != nullptr && api.start != nullptr && api.stop != nullptr &&
         api.destroy != nullptr;
}

bool has_all_or_no_table_calls(const ph_plugin_api& api) {
  const int count =
      (api.table_begin != nullptr) + (api.table_commit != nullptr) + (api.table_abort != nullptr);
  return count == 0 || count == 3;
}

/// Empty: the host can work with it.
std::string objection_to(const ph_entry* entry) {
  if (entry == nullptr) return PH_ENTRY_SYMBOL " returned NULL";
  if (!PH_HAS(entry, abi_major)) return "its ph_entry is shorter than any version of it";
  if (entry->abi_major != PH_ABI_MAJOR) return wrong_major(entry->abi_major);
  if (!PH_HAS(entry, create)) return "its ph_entry is shorter than ABI major 1 requires";
  if (entry->min_host_minor > PH_ABI_MINOR) {
    return "it needs a host with plugin ABI 1." + std::to_string(entry->min_host_minor) +
           " or newer, this one has 1." + std::to_string(PH_ABI_MINOR) +
           "; upgrade the host or use an older version of the plugin";
  }
  if (entry->id == nullptr || *entry->id == '\0') return "its ph_entry has no id";
  if (entry->create == nullptr) return "its ph_entry has no create";
  if (entry->api == nullptr || !has_required_calls(*entry->api)) {
    return "its ph_plugin_api lacks bind, unbind, start, stop or destroy";
  }
  if (!has_all_or_no_table_calls(*entry->api)) {
    return "its ph_plugin_api has some of table_begin, table_commit and table_abort but not all";
  }
  return {};
}

}  // namespace

Checked open_entry(const SharedLibrary& library) {
  const auto function = reinterpret_cast<ph_entry_fn>(library.symbol(PH_ENTRY_SYMBOL));
  if (function == nullptr) return Checked::failure(no_entry(library));
  const auto* entry = function();
  if (auto objection = objection_to(entry); !objection.empty()) {
    return Checked::failure(std::move(objection));
  }
  return entry;
}

}  // namespace plughost::plugin
