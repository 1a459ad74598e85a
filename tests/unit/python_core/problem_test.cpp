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

BOOST_AUTO_TEST_CASE(shows_the_log_of_a_500_and_of_nothing_else) {
  Reply failed;
  pt::Head head;
  write_problem({500, "failed", {}, {}}, head.get(), failed);
  Reply unlogged = failed;
  failed.log = "line \"1\"\n\u00e4";
  Reply other = failed;
  other.status = 503;

  show_log(failed);
  show_log(unlogged);
  show_log(other);

  BOOST_TEST(failed.body.find(R"("request_id":"request-1","traceback":"line \"1\"\nä"})") !=
             std::string::npos);
  BOOST_TEST(unlogged.body.find("traceback") == std::string::npos);
  BOOST_TEST(other.body.find("traceback") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
