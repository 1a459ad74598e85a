#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "support/plugin_instance.hpp"

// The host's struct may be longer than the one a plugin was built with, or shorter. A plugin that
// assigned the whole struct would overwrite the stack of the shorter one.

using plughost::test::FakeHost;
using plughost::test::FakeRoute;
using plughost::test::load_entry;
using plughost::test::PluginInstance;

namespace {

constexpr unsigned char kCanary = 0xA5;

template <class Struct>
struct Longer {
  Struct known;
  unsigned char newer[64];
};

template <class Struct>
Longer<Struct> longer() {
  Longer<Struct> out{};
  out.known.size = sizeof out;
  std::memset(out.newer, kCanary, sizeof out.newer);
  return out;
}

template <class Struct>
bool newer_part_untouched(const Longer<Struct>& out) {
  for (const unsigned char byte : out.newer) {
    if (byte != kCanary) return false;
  }
  return out.known.size == sizeof out;
}

struct Native {
  FakeHost host;
  PluginInstance plugin{load_entry(PLUGHOST_NATIVE_PLUGIN), host};
  FakeRoute hello{"hello"};
  FakeRoute none{"none"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_out_struct)

BOOST_AUTO_TEST_CASE(bind_fills_a_longer_handler_and_leaves_the_rest) {
  Native t;
  auto out = longer<ph_handler>();
  auto error = longer<ph_error>();

  const ph_status status =
      t.plugin.api().bind(t.plugin.raw(), t.hello.raw(), &out.known, &error.known);

  BOOST_TEST_REQUIRE(status == PH_OK);
  BOOST_TEST((out.known.handle != nullptr));
  BOOST_TEST(newer_part_untouched(out));
  BOOST_TEST(newer_part_untouched(error));
  t.plugin.api().unbind(t.plugin.raw(), out.known.ctx);
}

BOOST_AUTO_TEST_CASE(a_refusal_fills_a_longer_error_and_leaves_the_rest) {
  Native t;
  auto out = longer<ph_handler>();
  auto error = longer<ph_error>();

  const ph_status status =
      t.plugin.api().bind(t.plugin.raw(), t.none.raw(), &out.known, &error.known);

  BOOST_TEST(status == PH_E_CONFIG);
  BOOST_TEST(error.known.code == PH_E_CONFIG);
  BOOST_TEST(newer_part_untouched(out));
  BOOST_TEST(newer_part_untouched(error));
}

BOOST_AUTO_TEST_CASE(a_refusal_writes_only_the_fields_that_a_shorter_error_has) {
  Native t;
  ph_handler out{};
  out.size = sizeof out;
  ph_error error;
  std::memset(&error, kCanary, sizeof error);
  error.size = offsetof(ph_error, msg);
  error.code = PH_OK;

  const ph_status status = t.plugin.api().bind(t.plugin.raw(), t.none.raw(), &out, &error);

  BOOST_TEST(status == PH_E_CONFIG);
  BOOST_TEST(error.code == PH_E_CONFIG);
  BOOST_TEST(error.size == offsetof(ph_error, msg));
  BOOST_TEST(static_cast<unsigned char>(error.msg[0]) == kCanary);
}

BOOST_AUTO_TEST_SUITE_END()
