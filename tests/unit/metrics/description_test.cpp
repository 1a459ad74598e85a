#include "metrics/description.hpp"

#include <boost/test/unit_test.hpp>
#include <numeric>

using namespace plughost::metrics;

namespace {

std::vector<std::uint64_t> bounds(std::size_t count) {
  std::vector<std::uint64_t> all(count);
  std::iota(all.begin(), all.end(), 1);
  return all;
}

Description counter(std::string name, std::vector<Label> labels = {}) {
  return {Kind::counter, std::move(name), "Things.", std::move(labels)};
}

Description histogram(std::vector<std::uint64_t> limits, std::vector<Label> labels = {}) {
  return {Kind::histogram, "h", "Things.", std::move(labels), 1, std::move(limits)};
}

struct Row {
  const char* name;
  Description description;
  const char* expected;
};

const Row kRows[] = {
    {"no name", counter(""), "'' is no name of a metric; write it like 'jobs_total'"},
    {"digit first", counter("1_total"),
     "'1_total' is no name of a metric; write it like 'jobs_total'"},
    {"dash", counter("a-b_total"),
     "'a-b_total' is no name of a metric; write it like 'jobs_total'"},
    {"suffix", counter("jobs"), "the name of a counter ends in _total"},
    {"colon in a label", counter("a_total", {{"b:c", ""}}),
     "'b:c' is no name of a label; write it like 'route'"},
    {"reserved label", counter("a_total", {{"__b", ""}}),
     "'__b' is no name of a label; write it like 'route'"},
    {"label twice", counter("a_total", {{"b", "1"}, {"c", "2"}, {"b", "3"}}),
     "the label 'b' is there twice"},
    {"value that is no text", counter("a_total", {{"b", "\xff"}}),
     "the value of label 'b' is not UTF-8 of at most 1024 bytes"},
    {"le", histogram({1}, {{"le", "1"}}),
     "the label 'le' of a histogram names its buckets; choose another name"},
    {"help of two lines", {Kind::gauge, "a", "one\ntwo", {}}, "the help is not one line of UTF-8"},
    {"no bounds", histogram({}), "a histogram has 1 to 32 bounds"},
    {"too many bounds", histogram(bounds(33)), "a histogram has 1 to 32 bounds"},
    {"bound twice", histogram({1, 2, 2}), "the bounds of a histogram must ascend"},
    {"bounds of a gauge", {Kind::gauge, "a", "", {}, 1, {1}}, "only a histogram has bounds"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_description)

BOOST_AUTO_TEST_CASE(takes_what_keeps_the_rules) {
  BOOST_TEST(objection_to(counter("ns:jobs_total", {{"_a", ""}, {"le", "ü\n\"\\"}})) == "");
  BOOST_TEST(objection_to(histogram(bounds(32), {{"route", "/x/{y}"}})) == "");
  BOOST_TEST(objection_to({Kind::gauge, "_temperature", "", {}}) == "");
}

BOOST_AUTO_TEST_CASE(names_the_rule_that_is_broken) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(objection_to(row.description) == row.expected); }
  }
}

BOOST_AUTO_TEST_CASE(bounds_the_number_of_labels) {
  std::vector<Label> labels;
  for (std::size_t i = 0; i < kMaxLabels; ++i) labels.push_back({"l" + std::to_string(i), ""});

  BOOST_TEST(objection_to(counter("a_total", labels)) == "");
  labels.push_back({"one_more", ""});
  BOOST_TEST(objection_to(counter("a_total", labels)) == "there are more than 8 labels");
}

BOOST_AUTO_TEST_SUITE_END()
