#include "plugin/metrics_services.hpp"

#include <boost/test/unit_test.hpp>

#include "metrics/exposition.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/host_services.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

/// A plugin's view of a host with metrics.
struct MetricsRig : PluginRig {
  HostServices services{"p", "/", responder, &metrics};
  const ph_host* host = services.table();
  const ph_metrics_api* api =
      static_cast<const ph_metrics_api*>(host->get_extension(host, PH_METRICS_1));
  ph_error error = empty_error();

  ph_metric_desc counter(const char* name) {
    ph_metric_desc desc{};
    desc.size = sizeof desc;
    desc.kind = PH_METRIC_COUNTER;
    desc.name = to_abi(name);
    return desc;
  }
  ph_status acquire(const ph_metric_desc& desc, ph_metric** out) {
    return api->acquire(host, &desc, out, &error);
  }
  std::string text() { return metrics::to_text(metrics.collect()); }
  bool shows(const std::string& line) { return text().find(line + '\n') != std::string::npos; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_metrics_services, MetricsRig)

BOOST_AUTO_TEST_CASE(offers_none_where_nobody_reads_them) {
  const HostServices blind("p", "/", responder);

  BOOST_TEST(blind.table()->get_extension(blind.table(), PH_METRICS_1) == nullptr);
  BOOST_REQUIRE(api != nullptr);
  BOOST_TEST(api->size == sizeof(ph_metrics_api));
}

BOOST_AUTO_TEST_CASE(shows_what_a_plugin_counts) {
  add_plugin("metrics", "metrics_plugin");
  const auto route = add_route("metrics", "count", "{}", "/counted/{x}");
  start();
  auto& request = make_request(route);
  request.message.body = "a body of 21 bytes...";
  finish(send(request));
  ask(route);

  BOOST_TEST(shows(R"(fixture_requests_total{route="/counted/{x}"} 2)"));
  BOOST_TEST(shows(R"(fixture_body_bytes_sum{route="/counted/{x}"} 21)"));
  BOOST_TEST(shows(R"(fixture_body_bytes_bucket{route="/counted/{x}",le="10"} 1)"));
  BOOST_TEST(shows(R"(fixture_body_bytes_bucket{route="/counted/{x}",le="100"} 2)"));
  BOOST_TEST(shows(R"(fixture_routes{plugin="metrics"} 1)"));
}

BOOST_AUTO_TEST_CASE(lets_series_go_at_unbind_and_the_rest_after_destroy) {
  add_plugin("metrics", "metrics_plugin");
  add_route("metrics", "count", "{}", "/released");
  add_route("metrics", "keep", "{}", "/forgotten");
  start();
  BOOST_TEST(shows(R"(fixture_requests_total{route="/forgotten"} 0)"));

  registry.reset();

  BOOST_TEST(text() == "");
}

BOOST_AUTO_TEST_CASE(a_counter_outlives_the_generation_that_made_it) {
  add_plugin("metrics", "metrics_plugin");
  const auto route = add_route("metrics", "count");
  start();
  ask(route);
  registry.reset();
  start();
  ask(route);

  BOOST_TEST(shows(R"(fixture_requests_total{route="/route"} 2)"));
}

BOOST_AUTO_TEST_CASE(a_refused_metric_names_its_route) {
  add_plugin("metrics", "metrics_plugin");
  add_route("metrics", "refuse", R"({"name":"no-name"})");

  const auto errors = start_errors();

  BOOST_REQUIRE(errors.size() == 1u);
  BOOST_TEST(errors[0] ==
             "routes.yaml:20:7: error: plugin 'metrics': metric 'no-name' is refused: 'no-name' is "
             "no name of a metric; write it like 'jobs_total'");
}

BOOST_AUTO_TEST_CASE(refuses_descriptions_that_cannot_be_read) {
  ph_metric* metric = nullptr;
  auto desc = counter("a_total");
  desc.kind = 4;
  BOOST_TEST(acquire(desc, &metric) == PH_E_INVALID);
  BOOST_TEST(std::string(error.msg) == "ph_metric_desc.kind is none that this host knows");
  desc = counter("a_total");
  desc.n_labels = 1;
  BOOST_TEST(acquire(desc, &metric) == PH_E_INVALID);
  desc = counter("a_total");
  desc.size = 8;
  BOOST_TEST(acquire(desc, &metric) == PH_E_INVALID);
  BOOST_TEST(std::string(error.msg) == "ph_metric_desc is incomplete");
  desc = counter("a_total");
  BOOST_TEST(acquire(desc, nullptr) == PH_E_INVALID);
  BOOST_TEST(metric == nullptr);
}

BOOST_AUTO_TEST_CASE(is_busy_when_there_are_too_many) {
  ph_metric* metric = nullptr;
  for (std::size_t i = 0; i < metrics::Registry::kMaxSeries; ++i) {
    const auto value = std::to_string(i);
    metrics.acquire("q", {metrics::Kind::gauge, "g", "", {{"x", value}}});
  }

  BOOST_TEST(acquire(counter("a_total"), &metric) == PH_E_BUSY);
  BOOST_TEST(error.code == PH_E_BUSY);
  BOOST_TEST(metric == nullptr);
}

BOOST_AUTO_TEST_CASE(takes_null_where_a_metric_was_refused) {
  api->add(nullptr, 1);
  api->set(nullptr, 1);
  api->observe(nullptr, 1);
  api->release(host, nullptr);

  BOOST_TEST(text() == "");
}

BOOST_AUTO_TEST_CASE(releases_only_what_this_plugin_holds) {
  HostServices other("q", "/", responder, &metrics);
  ph_metric* metric = nullptr;
  BOOST_REQUIRE(acquire(counter("a_total"), &metric) == PH_OK);

  api->release(other.table(), metric);
  BOOST_TEST(shows("a_total 0"));
  api->release(host, metric);
  api->release(host, metric);
  BOOST_TEST(text() == "");
}

BOOST_AUTO_TEST_SUITE_END()
