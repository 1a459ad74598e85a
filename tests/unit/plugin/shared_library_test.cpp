#include "plugin/shared_library.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/plugin/temporary_folder.hpp"

using namespace plughost::plugin;

BOOST_AUTO_TEST_SUITE(plugin_shared_library)

BOOST_AUTO_TEST_CASE(finds_an_exported_symbol) {
  const auto library = SharedLibrary::open(fixture("fixture_plugin"));

  BOOST_REQUIRE(library);
  BOOST_TEST(library.value().symbol("ph_plugin_entry_v1") != nullptr);
  BOOST_TEST(library.value().symbol("ph_plugin_entry_v2") == nullptr);
}

BOOST_AUTO_TEST_CASE(refuses_a_missing_file) {
  const auto library = SharedLibrary::open("/nowhere/x.so");

  BOOST_TEST(library.error() == "No such file or directory");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_shared_library) {
  const TemporaryFolder folder;

  for (const auto* bytes : {"", "\177E", "#!/bin/sh\n"}) {
    const auto library = SharedLibrary::open(folder.write("x.so", bytes));
    BOOST_TEST(library.error() == "not a shared library (no ELF header)");
  }
}

BOOST_AUTO_TEST_CASE(refuses_an_executable) {
  const auto library = SharedLibrary::open("/proc/self/exe");

  BOOST_TEST(library.error().find("executable") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_a_symbol_that_nobody_has) {
  const auto library = SharedLibrary::open(fixture("fixture_unresolved"));

  BOOST_TEST(library.error() == "undefined symbol: fixture_function_that_nobody_has");
}

BOOST_AUTO_TEST_SUITE_END()
