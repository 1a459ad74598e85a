#include <algorithm>
#include <utility>

#include "plugin/offered_routes.hpp"
#include "plugin/plugin.hpp"

// The binds of a plugin, table by table.

namespace plughost::plugin {

Failure Plugin::table_begin(std::uint64_t epoch) {
  if (!can_be_called()) {
    return failure(settings_.position, "has not returned from " + overdue_call_ +
                                           "() of an earlier reload; reload again when it has, or "
                                           "restart");
  }
  settle();
  tables_.push_back({epoch, false, {}});
  if (api().table_begin == nullptr) return {};
  return checked_call(
      "table_begin", settings_.position, settings_.config_positions,
      [this, epoch] { return api().table_begin(instance_, epoch, &error_); },
      [this] { tables_.back().is_open = true; });
}

Failure Plugin::read_offers(const std::shared_ptr<Offers>& offers) {
  if (!Offers::are_in(api())) return {};
  return checked_call(
      "next", settings_.position, settings_.config_positions,
      [this, offers] { return offers->read(api(), instance_); }, [] {});
}

Failure Plugin::bind(const config::Route& settings, routing::Route& route) {
  if (!can_be_called()) return {};  // its overrun was reported; candidate_ may still be written
  settle();
  const bool is_serial = (entry_->flags & PH_PF_SERIAL) != 0;
  candidate_ =
      std::make_unique<PluginHandler>(services_, settings, route, is_serial ? &strand_ : nullptr);
  auto failed = checked_call(
      "bind", settings.target_position, settings.options_positions,
      [this] { return api().bind(instance_, candidate_->route(), &candidate_->bound, &error_); },
      [this] {
        tables_.back().handlers.push_back(std::move(candidate_));
        health_->add_route();
      });
  if (candidate_ == nullptr) {
    PluginHandler& handler = *tables_.back().handlers.back();
    route.handler = &handler;
    const auto objection = objection_to(handler.bound);
    if (!objection.empty()) {
      failed = failure(settings.target_position, "handler '" + settings.handler + "' " + objection);
    }
  }
  if (failed && !settings.origin.empty()) failed->file = settings.origin;
  return failed;
}

std::string Plugin::objection_to(const ph_handler& bound) const {
  if (bound.size != sizeof bound) return "broke a rule of the plugin ABI: bind() changed out->size";
  if (bound.handle == nullptr) return "broke a rule of the plugin ABI: bind() set no handle";
  if ((bound.flags & PH_HF_NONBLOCKING) != 0 && (entry_->flags & PH_PF_SERIAL) != 0) {
    return "is flagged PH_HF_NONBLOCKING, which a plugin flagged PH_PF_SERIAL must not do";
  }
  return {};
}

Failure Plugin::table_commit(std::uint64_t epoch) {
  if (api().table_commit == nullptr) return {};
  return checked_call(
      "table_commit", settings_.position, settings_.config_positions,
      [this, epoch] { return api().table_commit(instance_, epoch, &error_); },
      [this] { tables_.back().is_open = false; });
}

bool Plugin::release(std::uint64_t epoch) {
  if (is_abandoned()) return true;
  if (is_busy()) return false;
  settle();
  const auto table = std::ranges::find(tables_, epoch, &Table::epoch);
  if (table == tables_.end()) return true;
  if (!std::ranges::all_of(table->handlers, &PluginHandler::is_quiet)) return false;
  if (!unbind(*table, usual_limit())) return false;
  tables_.erase(table);
  return true;
}

/// What has been unbound is gone from the table, also if a later call does not return.
bool Plugin::unbind(Table& table, Clock::time_point deadline) {
  if (std::exchange(table.is_open, false)) {
    // Takes back the binds of that table too: they get no unbind of their own.
    health_->remove_routes(table.handlers.size());
    table.handlers.clear();
    return last_call("table_abort", deadline,
                     [this, epoch = table.epoch] { api().table_abort(instance_, epoch); });
  }
  while (!table.handlers.empty()) {
    auto* context = table.handlers.front()->bound.ctx;
    table.handlers.erase(table.handlers.begin());
    health_->remove_routes(1);
    if (!last_call("unbind", deadline, [this, context] { api().unbind(instance_, context); })) {
      return false;
    }
  }
  return true;
}

bool Plugin::unbind_all(Clock::time_point deadline) {
  for (auto& table : tables_) {
    if (!unbind(table, deadline)) return false;
  }
  tables_.clear();
  return true;
}

bool Plugin::has_table(std::uint64_t epoch) const {
  return std::ranges::find(tables_, epoch, &Table::epoch) != tables_.end();
}

bool Plugin::has_no_table_but(const std::set<std::uint64_t>& epochs) const {
  return std::ranges::all_of(tables_,
                             [&](const Table& table) { return epochs.contains(table.epoch); });
}

bool Plugin::is_quiet() const {
  return std::ranges::all_of(tables_, [](const Table& table) {
    return std::ranges::all_of(table.handlers, &PluginHandler::is_quiet);
  });
}

std::uint64_t Plugin::requests_in_flight() const {
  std::uint64_t count = 0;
  for (const auto& table : tables_) {
    for (const auto& handler : table.handlers) count += handler->in_flight();
  }
  return count;
}

}  // namespace plughost::plugin
