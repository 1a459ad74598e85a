#include <boost/test/unit_test.hpp>

#include "config/admin_address.hpp"
#include "config/listen_address.hpp"
#include "unit/config/config_file.hpp"

using namespace plughost::config;
using testing::ConfigFolder;
using testing::load;
using testing::MistakeRow;
using testing::mistakes;

namespace {

constexpr MistakeRow kRows[] = {
    {"nothing", "admin:\nroutes: {}\n",
     "routes.yaml:1:1: error: expected an address like 127.0.0.1:8001, or none, but there is "
     "nothing; write one or remove the key\n"},
    {"a list", "admin: [127.0.0.1:8001]\nroutes: {}\n",
     "routes.yaml:1:8: error: expected an address like 127.0.0.1:8001, or none, not a list\n"},
    {"only a port", "admin: 8001\nroutes: {}\n",
     "routes.yaml:1:8: error: '8001' is not HOST:PORT; write it like 127.0.0.1:8000\n"},
    {"systemd", "admin: systemd\nroutes: {}\n",
     "routes.yaml:1:8: error: 'systemd' is for `listen`; write an address like 127.0.0.1:8001, "
     "unix:PATH or none\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_admin_section)

BOOST_AUTO_TEST_CASE(is_on_loopback_unless_it_is_written) {
  BOOST_TEST(to_string(*load("routes: {}\n").admin) == "127.0.0.1:8001");
  BOOST_TEST(load("routes: {}\n").admin->setting == kAdminSetting);
}

BOOST_AUTO_TEST_CASE(reads_an_address_or_none) {
  const ConfigFolder folder("admin: unix:admin.sock\nroutes: {}\n");

  BOOST_TEST(load_yaml(folder.file()).admin->path == folder.path() / "admin.sock");
  BOOST_TEST(to_string(*load("admin: \"[::1]:9000\"\nroutes: {}\n").admin) == "[::1]:9000");
  BOOST_TEST(load("admin: localhost:0\nroutes: {}\n").admin->position.column == 8);
  BOOST_TEST(!load("admin: none\nroutes: {}\n").admin.has_value());
}

BOOST_AUTO_TEST_CASE(finds_an_address_that_is_listened_on_too) {
  auto config = load("listen: [127.0.0.1:8000, 127.0.0.1:8001]\nroutes: {}\n");

  BOOST_TEST(
      find_admin_clash(config) ==
      "'127.0.0.1:8001' is the address of the admin pages too; set `admin` to another one, or "
      "to none");
  config.admin->port = 8002;
  BOOST_TEST(find_admin_clash(config) == "");
  config.admin.reset();
  BOOST_TEST(find_admin_clash(config) == "");
}

BOOST_AUTO_TEST_CASE(explains_each_mistake_with_its_place) {
  for (const MistakeRow& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(mistakes(row.yaml) == row.expected); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
