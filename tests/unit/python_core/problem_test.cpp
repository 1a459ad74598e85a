#include "core/problem.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

BOOST_AUTO_TEST_SUITE(python_core_problem)

BOOST_AUTO_TEST_CASE(writes_every_member) {
  pt::Head head;
  head.path("/a/b");
  Reply reply;

  write_problem({422, "a \"quoted\" detail", "name", "query"}, head.get(), reply);

  BOOST_TEST(reply.status == 422u);
  BOOST_TEST(pt::header(reply, "content-type") == "application/problem+json");
  BOOST_TEST(reply.body ==
             R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
             R"("detail":"a \"quoted\" detail","instance":"/a/b","request_id":"request-1",)"
             R"("parameter":"name","in":"query"})");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_empty) {
  pt::Head head;
  head.path("");
  Reply reply;

  write_problem({418, "", "", ""}, head.get(), reply);

  BOOST_TEST(
      reply.body ==
      R"({"type":"about:blank","title":"Client Error","status":418,"request_id":"request-1"})");
}

BOOST_AUTO_TEST_CASE(stays_utf8_whatever_the_path) {
  pt::Head head;
  head.path("/\xff");
  Reply reply;

  write_problem({404, "", "", ""}, head.get(), reply);

  BOOST_TEST(pt::member(reply, "instance") == "/\ufffd");
}

BOOST_AUTO_TEST_SUITE_END()
