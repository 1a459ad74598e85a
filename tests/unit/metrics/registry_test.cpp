#include "metrics/registry.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::metrics;

namespace {

Description counter(std::string name, std::vector<Label> labels = {}) {
  return {Kind::counter, std::move(name), "Things.", std::move(labels)};
}

Description gauge(std::string name) { return {Kind::gauge, std::move(name), "Things.", {}}; }

Description histogram(std::string name) {
  return {Kind::histogram, std::move(name), "Things.", {}, 1, {1, 2}};
}

/// "name{label=value}=1", one for each sample.
std::vector<std::string> shown(const Registry& registry) {
  std::vector<std::string> lines;
  for (const Family& family : registry.collect()) {
    for (const Sample& sample : family.samples) {
      std::string line = family.name + '{';
      for (const Label& label : sample.labels) line += label.name + '=' + label.value;
      lines.push_back(line + "}=" + std::to_string(static_cast<int>(sample.value)));
    }
  }
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_registry)

BOOST_AUTO_TEST_CASE(shows_families_and_series_in_order) {
  Registry registry;
  registry.acquire("p", counter("b_total", {{"x", "2"}})).value()->add(3);
  registry.acquire("p", counter("b_total", {{"x", "1"}})).value()->add(2);
  registry.acquire("p", gauge("a")).value()->set(-1);

  BOOST_TEST(
      shown(registry) == (std::vector<std::string>{"a{}=-1", "b_total{x=1}=2", "b_total{x=2}=3"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(divides_what_was_counted_in_a_smaller_unit) {
  Registry registry;
  const Description seconds{Kind::histogram, "s", "", {}, 1'000'000'000, {250'000, 1'000'000'000}};
  registry.acquire("p", seconds).value()->observe(500'000'000);

  const Family family = registry.collect().at(0);
  BOOST_TEST(family.bounds == (std::vector<double>{0.00025, 1}), boost::test_tools::per_element());
  BOOST_TEST(family.samples.at(0).value == 0.5);
}

BOOST_AUTO_TEST_CASE(gives_the_same_series_again) {
  Registry registry;
  Series* first = registry.acquire("p", counter("a_total")).value();
  first->add(5);

  Series* again = registry.acquire("p", counter("a_total")).value();

  BOOST_TEST(first == again);
  BOOST_TEST(shown(registry).at(0) == "a_total{}=5");
}

BOOST_AUTO_TEST_CASE(hides_a_series_that_nobody_holds) {
  Registry registry;
  Series* series = registry.acquire("p", counter("a_total")).value();
  registry.acquire("p", counter("a_total"));

  registry.release(series);
  BOOST_TEST(shown(registry).size() == 1u);
  registry.release(series);
  BOOST_TEST(shown(registry).empty());
}

BOOST_AUTO_TEST_CASE(a_counter_goes_on_where_it_was_and_a_gauge_does_not) {
  Registry registry;
  Series* count = registry.acquire("p", counter("a_total")).value();
  Series* level = registry.acquire("p", gauge("b")).value();
  count->add(5);
  level->set(5);
  registry.release(count);
  registry.release(level);

  registry.acquire("p", counter("a_total"));
  registry.acquire("p", gauge("b"));

  BOOST_TEST(shown(registry) == (std::vector<std::string>{"a_total{}=5", "b{}=0"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_releases_and_updates_that_come_too_late) {
  Registry registry;
  Series* series = registry.acquire("p", counter("a_total")).value();
  registry.release(series);

  registry.release(series);
  registry.release(nullptr);
  series->add(1);

  BOOST_TEST(shown(registry).empty());
  registry.acquire("p", counter("a_total"));
  registry.release(series);
  BOOST_TEST(shown(registry).empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_differs_from_the_series_that_are_there) {
  Registry registry;
  registry.acquire("p", counter("a_total", {{"x", "1"}}));
  const std::string differs =
      "metric 'a_total' is there already as a counter, with its own label names, divisor and "
      "bounds, and this one differs";

  BOOST_TEST(registry.acquire("p", counter("a_total")).error() == differs);
  BOOST_TEST(registry.acquire("p", counter("a_total", {{"y", "1"}})).error() == differs);
  BOOST_TEST(registry.acquire("p", gauge("a_total")).error() == differs);
}

BOOST_AUTO_TEST_CASE(takes_another_shape_once_nobody_holds_the_old_one) {
  Registry registry;
  Series* old = registry.acquire("p", gauge("a")).value();
  registry.release(old);

  BOOST_TEST(static_cast<bool>(registry.acquire("p", histogram("a"))));
  old->set(1);
  BOOST_TEST(shown(registry).size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_series_of_another_plugin) {
  Registry registry;
  Series* series = registry.acquire("one", counter("a_total")).value();
  registry.acquire("", gauge("b"));

  BOOST_TEST(
      registry.acquire("two", counter("a_total")).error() ==
      "metric 'a_total' with these labels is that of plugin 'one'; a label with the plugin's "
      "name would tell the two apart");
  BOOST_TEST(registry.acquire("two", gauge("b")).error().find("is the host's") !=
             std::string::npos);
  registry.release(series);
  BOOST_TEST(static_cast<bool>(registry.acquire("two", counter("a_total"))));
}

BOOST_AUTO_TEST_CASE(refuses_names_that_a_histogram_makes) {
  Registry registry;
  registry.acquire("p", histogram("a"));
  registry.acquire("p", gauge("b_sum"));

  BOOST_TEST(registry.acquire("p", gauge("a_count")).error() ==
             "metric 'a_count' is too much like 'a', which is there already");
  BOOST_TEST(registry.acquire("p", histogram("b")).error() ==
             "metric 'b' is too much like 'b_sum', which is there already");
  BOOST_TEST(static_cast<bool>(registry.acquire("p", gauge("b_count"))));
}

BOOST_AUTO_TEST_CASE(says_which_metric_breaks_a_rule) {
  Registry registry;

  BOOST_TEST(registry.acquire("p", counter("a")).error() ==
             "metric 'a' is refused: the name of a counter ends in _total");
}

BOOST_AUTO_TEST_CASE(bounds_the_number_of_series) {
  Registry registry;
  for (std::size_t i = 0; i < Registry::kMaxSeries; ++i) {
    registry.release(registry.acquire("p", counter("a_total", {{"x", std::to_string(i)}})).value());
  }

  const auto refused = registry.acquire("p", counter("a_total", {{"x", "more"}}));

  BOOST_TEST(registry.is_full());
  BOOST_TEST(refused.error() ==
             "metric 'a_total' is refused: there are 10000 series already; are its labels too "
             "many?");
  BOOST_TEST(static_cast<bool>(registry.acquire("p", counter("a_total", {{"x", "0"}}))));
}

BOOST_AUTO_TEST_SUITE_END()
