#include <boost/test/unit_test.hpp>

#include "config/yaml_loader.hpp"
#include "unit/config/config_file.hpp"

using namespace plughost::config;
using plughost::config::testing::ConfigFolder;

BOOST_AUTO_TEST_SUITE(config_plugin_dir)

BOOST_AUTO_TEST_CASE(adds_the_shared_objects_of_the_folder_by_name) {
  const ConfigFolder folder(R"(plugins: { native: n.so }
plugin_dir: plugins.d
routes:
  GET /b: beta hello
)");
  for (const char* file : {"beta.so", "alpha.so", ".hidden.so", ".so", "note.txt", "beta.so.1"}) {
    folder.add(std::string("plugins.d/") + file);
  }
  folder.add("plugins.d/folder.so/x");

  const Config config = load_yaml(folder.file());

  BOOST_REQUIRE(config.plugins.size() == 3u);
  BOOST_TEST(config.plugins[0].name == "native");
  BOOST_TEST(config.plugins[1].name == "alpha");
  BOOST_TEST(config.plugins[1].path == (folder.path() / "plugins.d/alpha.so").string());
  BOOST_TEST(config.plugins[1].config_json == "{}");
  BOOST_TEST(config.plugins[1].position.line == 2);
  BOOST_TEST(config.plugins[1].position.column == 13);
  BOOST_TEST(config.plugins[2].name == "beta");
  BOOST_TEST(config.routes.at(0).plugin == "beta");
}

BOOST_AUTO_TEST_CASE(refuses_a_name_that_plugins_has) {
  const ConfigFolder folder("plugins:\n  native: n.so\nplugin_dir: d\nroutes: {}\n");
  folder.add("d/native.so");

  BOOST_TEST(folder.mistakes() ==
             "routes.yaml:3:13: error: 'native.so' in 'd' has the name of the plugin 'native' in "
             "line 2; rename one of the two\n");
}

BOOST_AUTO_TEST_CASE(refuses_a_name_that_no_route_could_write) {
  const ConfigFolder folder("plugin_dir: d\nroutes: {}\n");
  folder.add("d/my plugin.so");

  BOOST_TEST(folder.mistakes() ==
             "routes.yaml:1:13: error: 'my plugin' in 'd' is not a plugin name; use letters, "
             "digits, '_', '-' and '.', and rename the file\n");
}

BOOST_AUTO_TEST_CASE(refuses_a_folder_that_cannot_be_listed_once) {
  const ConfigFolder folder("plugin_dir: d\nroutes:\n  GET /a: alpha hello\n");
  BOOST_TEST(folder.mistakes() ==
             "routes.yaml:1:13: error: the folder 'FOLDER/d' cannot be listed: No such file or "
             "directory; make it, or remove 'plugin_dir'\n");

  folder.add("d");
  BOOST_TEST(folder.mistakes() ==
             "routes.yaml:1:13: error: the folder 'FOLDER/d' cannot be listed: Not a directory; "
             "make it, or remove 'plugin_dir'\n");
}

BOOST_AUTO_TEST_SUITE_END()
