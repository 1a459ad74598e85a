#include "builtin/file_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>

#include "unit/plugin/temporary_folder.hpp"

using namespace plughost;
using builtin::FileTree;
using Links = FileTree::Links;

namespace {

namespace fs = std::filesystem;

/// Where root may do what everybody may, and no more.
class AsNobody final {
 public:
  AsNobody() { BOOST_REQUIRE(before_ != 0 || ::seteuid(65534) == 0); }
  ~AsNobody() { BOOST_REQUIRE(::seteuid(before_) == 0); }

 private:
  const uid_t before_ = ::geteuid();
};

struct Fixture {
  Fixture() {
    for (const char* name :
         {"public/a", "public/sub/b", "public/.hidden", "public/.well-known/c", "outside"}) {
      folder.write(name, name);
    }
    link("../outside", "out");
    link((folder.path() / "public/a").string(), "absolute");
    link("sub/../a", "inside");
    link("sub", "folder");
    link("../a", "sub/up");
    link("../../outside", "sub/up_and_out");
    link("loop", "loop");
    link("sub/", "slash");
    link(".", "itself");
  }

  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, folder.path() / "public" / name);
  }

  /// The size of the file, "folder", or the error.
  std::string look(std::string_view name, Links links = Links::inside) const {
    const builtin::OpenFile file = FileTree(folder.path() / "public", links).open(name);
    if (!file.fd) return std::strerror(file.error);
    return file.is_folder() ? "folder" : std::to_string(file.info.st_size);
  }

  plugin::TemporaryFolder folder;
};

const std::string kMissing = std::strerror(ENOENT);
const std::string kLeadsOut = std::strerror(ELOOP);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(builtin_file_tree, Fixture)

BOOST_AUTO_TEST_CASE(opens_files_and_folders) {
  BOOST_TEST(look("a") == "8");
  BOOST_TEST(look("sub/b") == "12");
  BOOST_TEST(look("sub") == "folder");
  BOOST_TEST(look("") == "folder");
  BOOST_TEST(look(".well-known/c") == "20");
}

BOOST_AUTO_TEST_CASE(finds_no_name_that_is_not_served) {
  for (const char* name : {"nothing", ".hidden", "sub/.", "sub/..", "..", ".", "../outside", "/a",
                           "sub//b", "sub/", "/", "a/"}) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(look(name) == kMissing);
      BOOST_TEST(look(name, Links::anywhere) == kMissing);
    }
  }
}

BOOST_AUTO_TEST_CASE(follows_links_that_stay_inside) {
  BOOST_TEST(look("inside") == "8");
  BOOST_TEST(look("folder/b") == "12");
  BOOST_TEST(look("folder/up") == "8");
  BOOST_TEST(look("slash/b") == "12");
  BOOST_TEST(look("slash") == "folder");
  BOOST_TEST(look("itself/itself/a") == "8");
  BOOST_TEST(look("itself") == "folder");
}

BOOST_AUTO_TEST_CASE(refuses_links_that_lead_out) {
  for (const char* name :
       {"out", "absolute", "sub/up_and_out", "folder/up_and_out", "loop", "loop/a"}) {
    BOOST_TEST_CONTEXT(name) { BOOST_TEST(look(name) == kLeadsOut); }
  }
}

BOOST_AUTO_TEST_CASE(follows_them_where_that_is_allowed) {
  BOOST_TEST(look("out", Links::anywhere) == "7");
  BOOST_TEST(look("absolute", Links::anywhere) == "8");
  BOOST_TEST(look("folder/up_and_out", Links::anywhere) == "7");
  BOOST_TEST(look("loop", Links::anywhere) == kLeadsOut);
}

BOOST_AUTO_TEST_CASE(opens_neither_pipes_nor_devices) {
  BOOST_REQUIRE(::mkfifo((folder.path() / "public/pipe").c_str(), 0600) == 0);
  link("/dev/zero", "zero");

  BOOST_TEST(look("pipe") == kMissing);
  BOOST_TEST(look("zero", Links::anywhere) == kMissing);
}

BOOST_AUTO_TEST_CASE(tells_what_may_not_be_read) {
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder.path() / "public/a", fs::perms(0));
  fs::permissions(folder.path() / "public/sub", fs::perms(0));
  const AsNobody nobody;

  BOOST_TEST(look("a") == std::strerror(EACCES));
  BOOST_TEST(look("sub/b") == std::strerror(EACCES));
}

BOOST_AUTO_TEST_CASE(finds_what_was_moved_into_its_place) {
  const FileTree tree(folder.path() / "public", Links::inside);
  folder.write("next/new", "new");
  fs::rename(folder.path() / "public", folder.path() / "old");
  fs::rename(folder.path() / "next", folder.path() / "public");

  BOOST_TEST(static_cast<bool>(tree.open("new").fd));
  BOOST_TEST(!tree.open("a").fd);
}

BOOST_AUTO_TEST_CASE(may_be_one_file) {
  fs::create_symlink("outside", folder.path() / "link");

  BOOST_TEST(FileTree(folder.path() / "link", Links::inside).open("").info.st_size == 7);
}

BOOST_AUTO_TEST_SUITE_END()
