#include "dispatch/answer_batch.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <thread>

using plughost::dispatch::AnswerBatch;

namespace {

struct CountingSleeper final : plughost::dispatch::Sleeper {
  void wake_up() noexcept override { ++woken; }
  int woken = 0;
};

struct EndOfBatch {
  ~EndOfBatch() { AnswerBatch::end(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_answer_batch, EndOfBatch)

BOOST_AUTO_TEST_CASE(puts_nothing_off_without_a_batch) {
  CountingSleeper sleeper;

  BOOST_TEST(!AnswerBatch::put_off(sleeper));
  AnswerBatch::end();

  BOOST_TEST(sleeper.woken == 0);
}

BOOST_AUTO_TEST_CASE(wakes_each_once_at_the_end) {
  CountingSleeper first;
  CountingSleeper second;
  AnswerBatch::begin();

  for (auto* each : {&first, &second, &first, &first}) BOOST_TEST(AnswerBatch::put_off(*each));
  BOOST_TEST(first.woken + second.woken == 0);
  AnswerBatch::end();

  BOOST_TEST(first.woken == 1);
  BOOST_TEST(second.woken == 1);
  BOOST_TEST(!AnswerBatch::put_off(first));
}

BOOST_AUTO_TEST_CASE(forgets_those_it_has_woken) {
  CountingSleeper sleeper;
  AnswerBatch::begin();
  AnswerBatch::put_off(sleeper);
  AnswerBatch::end();

  AnswerBatch::begin();
  AnswerBatch::end();

  BOOST_TEST(sleeper.woken == 1);
}

BOOST_AUTO_TEST_CASE(puts_off_no_more_than_it_has_room_for) {
  std::array<CountingSleeper, 20> sleepers;
  int put_off = 0;
  AnswerBatch::begin();

  for (auto& each : sleepers) put_off += AnswerBatch::put_off(each) ? 1 : 0;
  AnswerBatch::end();

  int woken = 0;
  for (const auto& each : sleepers) woken += each.woken;
  BOOST_TEST(put_off == woken);
  BOOST_TEST(put_off >= 8);
}

BOOST_AUTO_TEST_CASE(leaves_the_answers_of_other_threads_alone) {
  CountingSleeper sleeper;
  bool put_off = true;
  AnswerBatch::begin();

  std::thread([&] { put_off = AnswerBatch::put_off(sleeper); }).join();

  BOOST_TEST(!put_off);
}

BOOST_AUTO_TEST_SUITE_END()
