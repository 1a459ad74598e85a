#include "plugin/locate.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/plugin/temporary_folder.hpp"

using namespace plughost::plugin;

namespace {

struct Places {
  TemporaryFolder folder;
  SearchPlaces search{folder.path() / "etc", folder.path() / "bin"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_locate, Places)

BOOST_AUTO_TEST_CASE(finds_a_name_in_each_place) {
  const auto in_lib = folder.write("lib/plughost/plugins/c.so", "");
  const auto in_bin = folder.write("bin/b.so", "");
  const auto in_etc = folder.write("etc/a.so", "");

  BOOST_TEST(locate("a.so", search).value() == in_etc);
  BOOST_TEST(locate("b.so", search).value() == in_bin);
  BOOST_TEST(locate("c.so", search).value() == in_lib);
}

BOOST_AUTO_TEST_CASE(prefers_the_folder_of_routes_yaml) {
  folder.write("lib/plughost/plugins/a.so", "");
  folder.write("bin/a.so", "");
  const auto in_etc = folder.write("etc/a.so", "");

  BOOST_TEST(locate("a.so", search).value() == in_etc);
}

BOOST_AUTO_TEST_CASE(takes_a_path_relative_to_the_folder_of_routes_yaml_only) {
  const auto in_etc = folder.write("etc/sub/a.so", "");
  folder.write("bin/sub/b.so", "");

  BOOST_TEST(locate("sub/a.so", search).value() == in_etc);
  BOOST_TEST(!locate("sub/b.so", search));
}

BOOST_AUTO_TEST_CASE(takes_an_absolute_path) {
  const auto file = folder.write("elsewhere/a.so", "");

  BOOST_TEST(locate(file.string(), search).value() == file);
}

BOOST_AUTO_TEST_CASE(lists_the_places_tried) {
  const auto found = locate("a.so", search);

  BOOST_TEST(!found);
  const auto root = folder.path().string();
  BOOST_TEST(found.error() == "no such file; looked for " + root + "/etc/a.so, " + root +
                                  "/bin/a.so, " + root + "/lib/plughost/plugins/a.so");
}

BOOST_AUTO_TEST_CASE(does_not_take_a_folder_for_a_plugin) {
  std::filesystem::create_directories(folder.path() / "etc/a.so");

  BOOST_TEST(!locate("a.so", search));
}

BOOST_AUTO_TEST_SUITE_END()
