#include "metrics/registry.hpp"

#include <algorithm>
#include <utility>

namespace plughost::metrics {

struct Registry::Entry {
  std::string owner;
  std::vector<Label> labels;
  Series series;
  unsigned holders = 0;
};

/// The series of one name.
struct Registry::Group {
  Kind kind;
  std::string help;
  std::uint64_t divisor;
  std::vector<std::uint64_t> bounds;
  std::vector<std::string> label_names;
  std::map<std::vector<Label>, std::unique_ptr<Entry>> entries;

  bool is_held() const {
    return std::ranges::any_of(entries, [](const auto& each) { return each.second->holders > 0; });
  }
  bool has_shape_of(const Description& other) const {
    return kind == other.kind && divisor == other.divisor && bounds == other.bounds &&
           std::ranges::equal(label_names, other.labels, {}, {}, &Label::name);
  }
  /// Divided, not multiplied: 250000 ns are then 0.00025 s and not something beside it.
  double shown(double value) const { return value / static_cast<double>(divisor); }
};

namespace {

std::vector<std::string> names_of(const std::vector<Label>& labels) {
  std::vector<std::string> names;
  for (const Label& label : labels) names.push_back(label.name);
  return names;
}

std::string what_is(const std::string& owner) {
  return owner.empty() ? "the host's" : "that of plugin '" + owner + '\'';
}

}  // namespace

Registry::Registry() = default;
Registry::~Registry() = default;

/// A histogram is shown as three metrics whose names are made from its own.
std::string Registry::clash_of(const std::string& name, Kind kind) const {
  constexpr const char* kSuffixes[] = {"_bucket", "_sum", "_count"};
  for (const std::string suffix : kSuffixes) {
    if (kind == Kind::histogram && groups_.contains(name + suffix)) return name + suffix;
    if (!name.ends_with(suffix)) continue;
    const auto other = groups_.find(name.substr(0, name.size() - suffix.size()));
    if (other != groups_.end() && other->second->kind == Kind::histogram) return other->first;
  }
  return {};
}

std::string Registry::objection_to(const std::string& owner, const Description& description) const {
  const auto found = groups_.find(description.name);
  if (found == groups_.end()) {
    const auto clash = clash_of(description.name, description.kind);
    return clash.empty() ? "" : "is too much like '" + clash + "', which is there already";
  }
  const Group& group = *found->second;
  if (!group.has_shape_of(description)) {
    if (!group.is_held()) return {};
    return std::string("is there already as a ") + name_of(group.kind) +
           ", with its own label names, divisor and bounds, and this one differs";
  }
  const auto entry = group.entries.find(description.labels);
  if (entry == group.entries.end() || entry->second->owner == owner) return {};
  if (entry->second->holders == 0) return {};
  return "with these labels is " + what_is(entry->second->owner) +
         "; a label with the plugin's name would tell the two apart";
}

Result<Series*> Registry::acquire(const std::string& owner, Description description) {
  using Acquired = Result<Series*>;
  description.divisor = std::max<std::uint64_t>(description.divisor, 1);
  const std::string subject = "metric '" + description.name.substr(0, 80) + "' ";
  if (auto objection = metrics::objection_to(description); !objection.empty()) {
    return Acquired::failure(subject + "is refused: " + objection);
  }
  const std::lock_guard lock(mutex_);
  if (auto objection = objection_to(owner, description); !objection.empty()) {
    return Acquired::failure(subject + objection);
  }
  auto& group = groups_[description.name];
  if (group != nullptr && !group->has_shape_of(description)) {
    replaced_.push_back(std::exchange(group, nullptr));
  }
  if (group == nullptr) {
    group.reset(new Group{description.kind,
                          description.help,
                          description.divisor,
                          description.bounds,
                          names_of(description.labels),
                          {}});
  }
  const bool is_known = group->entries.contains(description.labels);
  if (!is_known && entries_.size() >= kMaxSeries) {
    return Acquired::failure(subject + "is refused: there are " + std::to_string(kMaxSeries) +
                             " series already; are its labels too many?");
  }
  Entry& entry = find_or_make(*group, owner, description);
  if (entry.holders++ == 0) {
    entry.owner = owner;
    entry.series.set(0);
  }
  return &entry.series;
}

Registry::Entry& Registry::find_or_make(Group& group, const std::string& owner,
                                        Description& description) {
  auto& entry = group.entries[description.labels];
  if (entry == nullptr) {
    entry.reset(new Entry{owner, description.labels, {group.kind, group.bounds}, 0});
    entries_.emplace(&entry->series, entry.get());
  }
  return *entry;
}

void Registry::release(const Series* series) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(series);
  if (found != entries_.end() && found->second->holders > 0) --found->second->holders;
}

bool Registry::is_full() const {
  const std::lock_guard lock(mutex_);
  return entries_.size() >= kMaxSeries;
}

Families Registry::collect() const {
  const std::lock_guard lock(mutex_);
  Families families;
  for (const auto& [name, group] : groups_) {
    if (!group->is_held()) continue;
    Family& family = families.emplace_back(Family{group->kind, name, group->help, {}, {}});
    for (const auto bound : group->bounds) {
      family.bounds.push_back(group->shown(static_cast<double>(bound)));
    }
    for (const auto& [labels, entry] : group->entries) {
      if (entry->holders == 0) continue;
      const auto raw = entry->series.value();
      const double value = group->kind == Kind::gauge
                               ? static_cast<double>(static_cast<std::int64_t>(raw))
                               : static_cast<double>(raw);
      family.samples.push_back({labels, group->shown(value), entry->series.buckets()});
    }
  }
  return families;
}

}  // namespace plughost::metrics
