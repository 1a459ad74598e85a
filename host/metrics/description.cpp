#include "metrics/description.hpp"

#include <algorithm>
#include <functional>

#include "http/utf8.hpp"

namespace plughost::metrics {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxText = 1024;

std::string quote(std::string_view text) { return '\'' + std::string(text.substr(0, 80)) + '\''; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text, bool may_have_colons) {
  const auto fits = [&](char c) {
    return is_letter(c) || is_digit(c) || (may_have_colons && c == ':');
  };
  return !text.empty() && text.size() <= kMaxName && !is_digit(text.front()) &&
         std::ranges::all_of(text, fits);
}

bool is_text(std::string_view text) { return text.size() <= kMaxText && http::is_utf8(text); }

bool is_line(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return is_text(text) && std::ranges::none_of(text, is_control);
}

std::string objection_to_label(const Label& label, Kind kind) {
  if (!is_name(label.name, false) || label.name.starts_with("__")) {
    return quote(label.name) + " is no name of a label; write it like 'route'";
  }
  if (kind == Kind::histogram && label.name == "le") {
    return "the label 'le' of a histogram names its buckets; choose another name";
  }
  if (!is_text(label.value)) {
    return "the value of label " + quote(label.name) + " is not UTF-8 of at most 1024 bytes";
  }
  return {};
}

std::string objection_to_labels(const Description& description) {
  const auto& labels = description.labels;
  if (labels.size() > kMaxLabels) return "there are more than 8 labels";
  for (auto label = labels.begin(); label != labels.end(); ++label) {
    auto objection = objection_to_label(*label, description.kind);
    if (!objection.empty()) return objection;
    if (std::find_if(labels.begin(), label,
                     [&](const Label& other) { return other.name == label->name; }) != label) {
      return "the label " + quote(label->name) + " is there twice";
    }
  }
  return {};
}

std::string objection_to_bounds(const Description& description) {
  const auto& bounds = description.bounds;
  if (description.kind != Kind::histogram) {
    return bounds.empty() ? "" : "only a histogram has bounds";
  }
  if (bounds.empty() || bounds.size() > kMaxBounds) return "a histogram has 1 to 32 bounds";
  const bool ascends = std::ranges::adjacent_find(bounds, std::greater_equal<>()) == bounds.end();
  return ascends ? "" : "the bounds of a histogram must ascend";
}

}  // namespace

std::string objection_to(const Description& description) {
  if (!is_name(description.name, true)) {
    return quote(description.name) + " is no name of a metric; write it like 'jobs_total'";
  }
  if (description.kind == Kind::counter && !description.name.ends_with("_total")) {
    return "the name of a counter ends in _total";
  }
  if (!is_line(description.help)) return "the help is not one line of UTF-8";
  auto objection = objection_to_labels(description);
  return objection.empty() ? objection_to_bounds(description) : objection;
}

const char* name_of(Kind kind) {
  if (kind == Kind::counter) return "counter";
  return kind == Kind::gauge ? "gauge" : "histogram";
}

}  // namespace plughost::metrics
