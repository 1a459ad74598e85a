#include <boost/test/unit_test.hpp>

#include "unit/config/config_file.hpp"

using namespace plughost::config;
using testing::ConfigFolder;

// The option `static` of a route.
namespace {

/// A folder whose only route has that line.
struct Folder {
  explicit Folder(const std::string& route) : folder("routes:\n  " + route + "\n") {
    folder.add("public/app.html");
    folder.add("public/.hidden");
    folder.add("public/sub/b.html");
  }

  StaticFiles files() const { return load_yaml(folder.file()).routes.at(0).files.value(); }
  std::filesystem::path place(const char* name) const { return folder.path() / name; }

  ConfigFolder folder;
};

struct Row {
  const char* name;
  const char* route;     ///< stands in line 2, from column 3
  const char* expected;  ///< what follows "routes.yaml:2:"
};

constexpr Row kMistakes[] = {
    {"no such folder", "GET /a/{x}: { static: publik }",
     "25: error: 'FOLDER/publik' cannot be served: No such file or directory; correct the path, or "
     "make the folder\n"},
    {"neither folder nor file", "GET /a/{x}: { static: /dev/null }",
     "25: error: '/dev/null' cannot be served: it is neither a folder nor a file; correct the "
     "path, "
     "or make the folder\n"},
    {"nothing written", "GET /a/{x}: { static: }",
     "25: error: expected the path of a folder like ./public, but there is nothing; write one or "
     "remove the key\n"},
    {"a list", "GET /a/{x}: { static: [public] }",
     "25: error: expected the path of a folder like ./public, not a list\n"},
    {"no path", "GET /a/{x}: { static: { index: none } }",
     "25: error: 'static' has no 'path'; add one like 'path: ./public'\n"},
    {"pattern without a name", "GET /a: { static: public }",
     "21: error: 'public' is a folder, and the path '/a' leaves nothing to look for in it; write "
     "'/a/{rest:path}', or name one file\n"},
    {"pattern that ends in a slash", "GET /: { static: public }",
     "20: error: 'public' is a folder, and the path '/' leaves nothing to look for in it; write "
     "'/{rest:path}', or name one file\n"},
    {"other methods", "GET|POST /a/{x}: { static: public }",
     "3: error: files are for GET and HEAD alone; write 'GET /a/{x}'\n"},
    {"every method", "ANY /a/{x}: { static: public }",
     "3: error: files are for GET and HEAD alone; write 'GET /a/{x}'\n"},
    {"unknown key", "GET /a/{x}: { static: { path: public, indx: a } }",
     "41: error: unknown key 'indx' in 'static' (did you mean 'index'?)\n"},
    {"index that is a path", "GET /a/{x}: { static: { path: public, index: sub/b.html } }",
     "48: error: 'sub/b.html' is not the name of a file that is served\n"},
    {"index that is hidden", "GET /a/{x}: { static: { path: public, index: .hidden } }",
     "48: error: '.hidden' is not the name of a file that is served\n"},
    {"fallback that is not there", "GET /a/{x}: { static: { path: public, fallback: x.html } }",
     "51: error: 'x.html' is not a file in 'FOLDER/public' that is served; correct it, or remove "
     "'fallback'\n"},
    {"fallback elsewhere", "GET /a/{x}: { static: { fallback: ../routes.yaml, path: public } }",
     "37: error: '../routes.yaml' is not a file in 'FOLDER/public' that is served; correct it, or "
     "remove 'fallback'\n"},
    {"fallback that is hidden", "GET /a/{x}: { static: { path: public, fallback: .hidden } }",
     "51: error: '.hidden' is not a file in 'FOLDER/public' that is served; correct it, or remove "
     "'fallback'\n"},
    {"fallback that is a folder", "GET /a/{x}: { static: { path: public, fallback: sub } }",
     "51: error: 'sub' is not a file in 'FOLDER/public' that is served; correct it, or remove "
     "'fallback'\n"},
    {"beside another answer", "GET /a/{x}: { static: public, to: native hello }",
     "33: error: the route 'GET /a/{x}' has 'static' already; keep one of the two\n"},
    {"option of another answer", "GET /a/{x}: { static: public, mode: pool }",
     "33: error: unknown key 'mode' of a route that the host answers; remove it\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_route_files)

BOOST_AUTO_TEST_CASE(finds_the_folder_beside_the_file) {
  const Folder folder("GET /a/{rest:path}: { static: ./public/ }");

  const StaticFiles files = folder.files();

  BOOST_TEST(files.path == folder.place("public"));
  BOOST_TEST(files.index == "index.html");
  BOOST_TEST(files.fallback == "");
  BOOST_TEST(!files.symlinks);
  BOOST_TEST(files.precompressed);
  BOOST_TEST(!files.max_age.has_value());
}

BOOST_AUTO_TEST_CASE(reads_every_key) {
  const StaticFiles files =
      Folder(
          "GET|HEAD /a/{x}: { static: { path: public, index: none, fallback: sub/b.html, "
          "symlinks: true, precompressed: false, max_age: 90s } }")
          .files();

  BOOST_TEST(files.index == "");
  BOOST_TEST(files.fallback == "sub/b.html");
  BOOST_TEST(files.symlinks);
  BOOST_TEST(!files.precompressed);
  BOOST_TEST(files.max_age.value().count() == 90);
}

BOOST_AUTO_TEST_CASE(takes_one_file_for_any_path) {
  const Folder folder("GET /a: { static: public/app.html }");

  BOOST_TEST(folder.files().path == folder.place("public/app.html"));
}

BOOST_AUTO_TEST_CASE(explains_each_mistake_with_its_place) {
  for (const Row& row : kMistakes) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(Folder(row.route).folder.mistakes() ==
                 "routes.yaml:2:" + std::string(row.expected));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
