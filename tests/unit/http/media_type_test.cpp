#include "http/media_type.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost::http {

BOOST_AUTO_TEST_SUITE(http_media_type)

BOOST_AUTO_TEST_CASE(knows_files_by_their_extension) {
  BOOST_TEST(media_type_of("index.html") == "text/html; charset=utf-8");
  BOOST_TEST(media_type_of("LOGO.PNG") == "image/png");
  BOOST_TEST(media_type_of("app.min.js") == "text/javascript; charset=utf-8");
  BOOST_TEST(media_type_of("7z.7z") == "application/x-7z-compressed");
  BOOST_TEST(media_type_of("data.zst") == "application/zstd");
}

BOOST_AUTO_TEST_CASE(calls_all_else_bytes) {
  for (const char* name : {"README", "a.", ".html5", "a.unknown", "html", ""}) {
    BOOST_TEST_CONTEXT(name) { BOOST_TEST(media_type_of(name) == "application/octet-stream"); }
  }
}

BOOST_AUTO_TEST_CASE(tells_what_is_worth_compressing) {
  for (const char* type : {"text/html; charset=utf-8", "TEXT/CSS", "application/json",
                           "application/problem+json", "image/svg+xml", "application/wasm"}) {
    BOOST_TEST_CONTEXT(type) { BOOST_TEST(is_compressible(type)); }
  }
  for (const char* type : {"image/png", "application/zip", "application/octet-stream", "video/mp4",
                           "", "text/", "font/woff2"}) {
    BOOST_TEST_CONTEXT(type) { BOOST_TEST(!is_compressible(type)); }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
