#include "metrics/exposition.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::metrics;

BOOST_AUTO_TEST_SUITE(metrics_exposition)

BOOST_AUTO_TEST_CASE(writes_the_text_format) {
  const Families families{
      {Kind::histogram,
       "wait_seconds",
       "How long.",
       {0.00025, 0.5},
       {{{{"route", "/x"}}, 1.5, {2, 0, 1}}}},
      {Kind::counter, "jobs_total", "Jobs.", {}, {{{}, 3}}},
      {Kind::gauge, "level", "", {}, {{{{"a", "1"}, {"b", "2"}}, -0.5}}},
  };

  BOOST_TEST(to_text(families) ==
             "# HELP jobs_total Jobs.\n"
             "# TYPE jobs_total counter\n"
             "jobs_total 3\n"
             "# TYPE level gauge\n"
             "level{a=\"1\",b=\"2\"} -0.5\n"
             "# HELP wait_seconds How long.\n"
             "# TYPE wait_seconds histogram\n"
             "wait_seconds_count{route=\"/x\"} 3\n"
             "wait_seconds_sum{route=\"/x\"} 1.5\n"
             "wait_seconds_bucket{route=\"/x\",le=\"0.00025\"} 2\n"
             "wait_seconds_bucket{route=\"/x\",le=\"0.5\"} 2\n"
             "wait_seconds_bucket{route=\"/x\",le=\"+Inf\"} 3\n");
}

BOOST_AUTO_TEST_CASE(escapes_what_would_break_a_line) {
  const Families families{{Kind::gauge, "a", R"(a \n)", {}, {{{{"x", "q\" b\\ n\n"}}, 1}}}};

  BOOST_TEST(to_text(families) ==
             "# HELP a a \\\\n\n"
             "# TYPE a gauge\n"
             "a{x=\"q\\\" b\\\\ n\\n\"} 1\n");
}

BOOST_AUTO_TEST_SUITE_END()
